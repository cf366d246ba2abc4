#version 330 core
// The picture behind the avatar, opaque.

uniform sampler2D picture;
uniform vec2 scale;
uniform vec2 shift;
in vec2 place;
out vec4 colour;

void main() {
    colour = vec4(texture(picture, place * scale + shift).rgb, 1.0);
}
