/* Structured exceptions: what of them is there is in winnt.h. */
