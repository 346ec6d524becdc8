/* Stands in for libFuzzer where there is none: feeds LLVMFuzzerTestOneInput the given files, then mutations of them.
 *
 *   plan_fuzz SECONDS [FILE…]
 *
 * The same seed each time: a crash comes again, and the input that made it is in ./crash-input.
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 4096, INPUTS_MAX = 256 };

struct input {
    uint8_t bytes[INPUT_MAX];
    size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t random_next(void) {
    static uint64_t state = 0x9e3779b97f4a7c15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t random_below(size_t limit) { return (size_t)(random_next() % limit); }

static void read_input(const char *path, struct input *input) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    input->size = fread(input->bytes, 1, INPUT_MAX, file);
    fclose(file);
}

static void mutate(struct input *input) {
    static const uint8_t INTERESTING[] = {0, 1, 0x7f, 0x80, 0xff, '/', '\n'};
    for (size_t i = 1 + random_below(8); i > 0; i--) {
        const size_t at = input->size ? random_below(input->size) : 0;
        switch (random_below(5)) {
        case 0: input->bytes[at] ^= (uint8_t)(1u << random_below(8)); break;
        case 1: input->bytes[at] = INTERESTING[random_below(sizeof INTERESTING)]; break;
        case 2: input->bytes[at] = (uint8_t)random_next(); break;
        case 3: input->size = random_below(INPUT_MAX + 1); break;
        default: memmove(input->bytes + at, input->bytes + random_below(at + 1), input->size - at); break;
        }
    }
}

/* A sanitizer's abort leaves the last input behind. */
static void try_input(int crash_file, const struct input *input) {
    if (pwrite(crash_file, input->bytes, input->size, 0) < 0 || ftruncate(crash_file, (off_t)input->size) != 0)
        perror("crash-input");
    LLVMFuzzerTestOneInput(input->bytes, input->size);
}

int main(int argc, char **argv) {
    static struct input inputs[INPUTS_MAX];
    const long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
    const int crash_file = open("crash-input", O_RDWR | O_CREAT | O_TRUNC, 0644);
    size_t count = 0;
    for (int i = 2; i < argc && count < INPUTS_MAX; i++) read_input(argv[i], &inputs[count++]);
    for (size_t i = 0; i < count; i++) try_input(crash_file, &inputs[i]);
    if (count == 0) count = 1; /* the empty input */
    unsigned long runs = count;
    for (const time_t end = time(NULL) + seconds; time(NULL) < end; runs++) {
        static struct input input;
        input = inputs[random_below(count)];
        mutate(&input);
        try_input(crash_file, &input);
    }
    close(crash_file);
    remove("crash-input");
    printf("%lu inputs, no crash\n", runs);
    return EXIT_SUCCESS;
}
