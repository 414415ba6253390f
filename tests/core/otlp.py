"""A collector on loopback: takes OTLP over HTTP as any other does, and keeps what came."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Values = dict[str, object]


def values(attributes: list[KeyValue]) -> Values:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None


class Collector:
    """`spans` by their names, the newest wins; `raw` is all that came."""

    def __init__(self) -> None:
        collector = self
        self.spans: dict[str, Span] = {}
        self.resource: Values = {}
        self.headers: dict[str, str] = {}
        self.raw = b""

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == "/v1/traces"
                collector.take(body, dict(self.headers))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Take)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        self.raw += body
        self.headers = headers
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resource = values(list(resource.resource.attributes))
            for scope in resource.scope_spans:
                self.spans |= {span.name: span for span in scope.spans}

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
