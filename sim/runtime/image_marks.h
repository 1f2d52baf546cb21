/* What image_begin.c and image_end.c mark the bounds of the program's variables with: one variable
 * in each section, and functions that stand first and last among the constructors. They are
 * declared in image.c alone, for who defines them must say it otherwise: a common variable is not
 * weak, and gcc forgets the priority of a constructor that was declared before.
 */
#ifndef SIM_RUNTIME_IMAGE_MARKS_H
#define SIM_RUNTIME_IMAGE_MARKS_H

/* Constructors' priorities below are the compiler's; 65535 stands for none. */
#define BERTH_FIRST_PRIORITY 101
#define BERTH_LAST_PRIORITY 65534

#endif
