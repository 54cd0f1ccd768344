"""The reference server with a switch: GET /__set/NAME turns a fault on for every later request, `none` turns it off.

python switch.py PORT
"""

import sys

import uvicorn

from antiphon.server.app import create_app
from antiphon.server.settings import ServerSettings

port = int(sys.argv[1])
inner = create_app(ServerSettings(port=port, api_key="sk-test", pace=0.0))
now = b""


async def app(scope, receive, send):
    global now
    if scope["type"] == "http" and scope["path"].startswith("/__set/"):
        name = scope["path"].removeprefix("/__set/").encode()
        now = b"" if name == b"none" else name
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    if scope["type"] in ("http", "websocket") and now:
        scope = {**scope, "headers": [*scope["headers"], (b"x-antiphon-fault", now)]}
    await inner(scope, receive, send)


uvicorn.run(
    app,
    host="127.0.0.1",
    port=port,
    log_level="error",
    access_log=False,
    lifespan="off",
    ws="websockets-sansio",
    ws_ping_interval=None,
)
