#version 330 core
// Premultiplied to straight alpha; nothing becomes black.

uniform sampler2D picture;
in vec2 place;
out vec4 colour;

void main() {
    vec4 premultiplied = texelFetch(picture, ivec2(gl_FragCoord.xy), 0);
    float alpha = premultiplied.a;
    colour = alpha > 0.0 ? vec4(min(premultiplied.rgb / alpha, 1.0), alpha) : vec4(0.0);
}
