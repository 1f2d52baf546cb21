/* What a fuzz target offers: libFuzzer's two functions, and the profile its machine runs under.
 * With a defect switched on, a target is expected to die of an assertion; that is how the fuzzers
 * are themselves tested.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From the next input on. The model goes on expecting the default answers. */
void target_use(const struct profile *profile);

/* The options of behaviours.def that this target must find, ended by OPTION_COUNT. */
extern const enum option target_defects[];

/* How many bytes an operation of the target takes. */
extern const size_t target_operation_size;

#endif
