// SPDX-License-Identifier: MIT
// Built once per layer; HEADER is the layer's umbrella header.
#include HEADER

int main() {}
