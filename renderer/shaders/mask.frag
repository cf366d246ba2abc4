#version 330 core
// Coverage of a mask layer, in its own channel only.

uniform sampler2D page;
noperspective in vec2 page_uv;
flat in float layer_opacity;
flat in vec4 channel;
out vec4 colour;

void main() {
    colour = channel * (texture(page, page_uv).a * layer_opacity);
}
