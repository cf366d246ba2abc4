#version 330 core
// The premultiplied colour of the page.

uniform sampler2D page;
noperspective in vec2 page_uv;
flat in float layer_opacity;
out vec4 colour;

void main() {
    colour = texture(page, page_uv) * layer_opacity;
}
