/* Telling over the entries of a directory: FindFirstFile's and FindNextFile's. */
#ifndef SIM_NT_FILE_SEARCH_H
#define SIM_NT_FILE_SEARCH_H

#include "sim/nt/volume.h"

struct open_file;

/* Begins to look for names that fit `pattern`, in which "*" is any letters and "?" one or, at the
 * end of a name or before a dot, none. "*.*" fits all, as on Windows.
 * STATUS_INSUFFICIENT_RESOURCES, with nothing changed.
 */
nt_status search_begin(struct open_file *directory, struct file_text pattern);

/* The next entry: "." and ".." first, but in the root, then the others by name. What is made or
 * deleted meanwhile is seen or not, as its name comes.
 *
 *   STATUS_NO_MORE_FILES
 */
struct found {
    struct file_text name; /* until the next call */
    const struct node *node;
};
nt_status search_next(struct open_file *directory, struct found *found);

/* Gives back what a search has, if there is one. */
void search_end(struct open_file *directory);

/* Whether a name fits. */
bool search_fits(struct file_text pattern, struct file_text name);

#endif
