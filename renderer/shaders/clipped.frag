#version 330 core
// As plain.frag, where the upper and the lower mask of the clip group both cover.

uniform sampler2D page;
uniform sampler2D masks;
uniform int group;
noperspective in vec2 page_uv;
flat in float layer_opacity;
out vec4 colour;

void main() {
    vec4 mask = texelFetch(masks, ivec2(gl_FragCoord.xy), 0);
    vec2 edges = group == 0 ? mask.xy : mask.zw;
    colour = texture(page, page_uv) * (layer_opacity * edges.x * edges.y);
}
