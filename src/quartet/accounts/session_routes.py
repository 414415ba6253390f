from uuid import UUID

from fastapi import APIRouter, Request, Response

from quartet.accounts import audit, sessions, signing
from quartet.accounts.asking import InPerson, source_of
from quartet.accounts.errors import KeyForbidden, SessionNotFound, SignInNeeded
from quartet.accounts.sessions import Session
from quartet.core.errors import refusals
from quartet.core.wire import Page, Wire

router = APIRouter(prefix="/api/account/sessions", tags=["Accounts"])


class EndedSessions(Wire):
    ended_count: int


@router.get("", responses=refusals(SignInNeeded, KeyForbidden))
async def list_sessions(here: InPerson) -> Page[Session]:
    """List the browsers that are signed in, this one first. One ends 14 days after its last use, or after 30."""
    return Page(items=await sessions.of_user(here.tx, here.id, here.session_id))


@router.delete("/{session_id}", status_code=204, responses=refusals(SignInNeeded, KeyForbidden, SessionNotFound))
async def end_session(session_id: UUID, request: Request, response: Response, here: InPerson) -> None:
    """Sign one browser out."""
    await signing.end_session(request, response, here, session_id)
    await audit.note(here.tx, here.id, "session.ended", source_of(request))


@router.delete("", responses=refusals(SignInNeeded, KeyForbidden))
async def end_other_sessions(request: Request, response: Response, here: InPerson) -> EndedSessions:
    """Sign out everywhere else."""
    ended = await signing.end_other_sessions(request, response, here)
    await audit.note(here.tx, here.id, "sessions.ended", source_of(request), count=ended)
    return EndedSessions(ended_count=ended)
