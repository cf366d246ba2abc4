#version 330 core
// One vertex shader for every pass: canvas pixels to clip space, and what the vertex's layer says.

layout(location = 0) in vec2 position_px;
layout(location = 1) in vec2 uv;
layout(location = 2) in uvec2 layer_channel;    // row of the layer; mask channel 0..3, or 255

layout(std140) uniform Frame {
    vec4 clip_from_canvas;      // scale x, scale y, offset x, offset y
    vec4 opacity[64];           // of layer i: component i % 4 of opacity[i / 4]
};

noperspective out vec2 page_uv;
flat out float layer_opacity;
flat out vec4 channel;
invariant gl_Position;          // opaque and blended triangles of one layer share edges

void main() {
    uint layer = layer_channel.x;
    page_uv = uv;
    layer_opacity = opacity[layer >> 2u][layer & 3u];
    channel = vec4(equal(uvec4(0u, 1u, 2u, 3u), layer_channel.yyyy));
    vec2 position = position_px * clip_from_canvas.xy + clip_from_canvas.zw;
    float depth = 1.0 - float(layer + 1u) / 128.5;      // later layers are nearer; 256 of them lie within (-1, 1)
    // A layer that has faded away is put outside the picture: it costs no fragments.
    gl_Position = layer_opacity > 0.0 ? vec4(position, depth, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
