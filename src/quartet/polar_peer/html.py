"""What the peer's pages look like: plain, and clearly no real shop."""

from collections.abc import Iterable, Mapping
from html import escape

from quartet.polar_peer.records import Product

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1f }
.note { background: #fff3cd; padding: .5rem .75rem; border-radius: .4rem }
form { display: inline-block; margin: 0 .5rem .5rem 0 }
button { font: inherit; padding: .4rem .9rem; border: 1px solid #8a8a93; border-radius: .4rem; background: #fff }
button.main { background: #2f5bea; border-color: #2f5bea; color: #fff }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .6rem .3rem 0 }
label { display: block; margin: .3rem 0 }
"""


def page(title: str, *body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style><main>"
        '<p class="note">This is a stand-in for Polar on this machine. Nothing is charged.</p>'
        f"<h1>{escape(title)}</h1>{''.join(body)}</main></html>"
    )


def text(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def link(label: str, url: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(label)}</a></p>'


def button(label: str, action: str, *, main: bool = False, **fields: str) -> str:
    """Return a form of one button; `fields` are sent along."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    look = ' class="main"' if main else ""
    return f'<form method="post" action="{escape(action)}">{hidden}<button{look}>{escape(label)}</button></form>'


def choice(name: str, options: Mapping[str, str]) -> str:
    """Return radio buttons, the first one chosen; `options` are labels by value."""
    return "".join(
        f'<label><input type="radio" name="{escape(name)}" value="{escape(value)}"{" checked" * (number == 0)}> '
        f"{escape(label)}</label>"
        for number, (value, label) in enumerate(options.items())
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def priced(product: Product) -> str:
    return f"{product.name}: {product.amount / 100:.2f} {product.currency.upper()} a {product.interval}"
