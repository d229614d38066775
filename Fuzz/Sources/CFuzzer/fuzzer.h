#include <stddef.h>
#include <stdint.h>

/// libFuzzer, called by a program that has its own main: returns when it has run as long as its arguments say.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));
