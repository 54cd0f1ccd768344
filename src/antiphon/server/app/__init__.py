"""The whole server: every route of it, on a socket, with its webhooks. A program of one's own takes `create_app`."""

from antiphon.server.app.application import create_app as create_app
