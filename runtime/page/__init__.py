"""The control page and the interface for plugins: one small server beside the show, and the files that it serves.

    gate        who is let in: token, Host, Origin; what a page may load
    protocol    messages in and out, as pure functions
    server      the WebSocket server in a thread of its own; `ControlPage` is what `run` starts
    answers     its files, the QR code, refusals
    client      one connection: its requests, what it watches
    desk        what the server does by itself: files, portraits
    uploads     files dropped on the page, in pieces; portraits: a child process makes an avatar of one
    static/     the page: HTML, CSS, JavaScript modules, nothing from elsewhere
"""
