"""Pixels from an `AvatarModel` and a `FaceFrame`.

    deform     weights, head pose and body -> vertex positions    pure numpy; shapes, opacity: its parts
    atlas      textures -> premultiplied pages, new uv            pure numpy
    coverage   which triangles hide all, or show nothing          pure numpy
    view       where the canvas lies in the picture               pure
    drawlist   layers -> few draw commands and one index buffer   pure numpy
    prepared   all of that beforehand, on any thread              pure numpy
    surface    where the picture goes: memory; window: a window   pygame, OpenGL; context opens it; events, icon, x11
    shader     files in `shaders/` -> programs                    OpenGL
    gl         `Renderer`: carries the draw list out              OpenGL; objects, reader, backdrop, straight

The pure modules import neither OpenGL nor pygame and are tested on literal numbers.
"""
