#version 330 core
// One triangle that covers the target; needs no buffers, only glDrawArrays(GL_TRIANGLES, 0, 3).

out vec2 place;  // 0..1 over the target, from its first row

void main() {
    place = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
    gl_Position = vec4(place * 2.0 - 1.0, 0.0, 1.0);
}
