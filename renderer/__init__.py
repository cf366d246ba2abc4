"""Pixels from an `AvatarModel` and a `FaceFrame`.

    deform     weights and head pose -> vertex positions          pure numpy
    atlas      textures -> premultiplied pages, new uv            pure numpy
    coverage   which triangles hide all, or show nothing          pure numpy
    view       where the canvas lies in the picture                pure
    drawlist   layers -> few draw commands and one index buffer   pure numpy
    surface    where the picture goes: a window, or off-screen    pygame, and the one place that opens OpenGL
    shader     files in `shaders/` -> programs                    OpenGL
    gl         `Renderer`: carries the draw list out              OpenGL

The pure modules import neither OpenGL nor pygame and are tested on literal numbers.
"""
