/* The processes of a guest, for the words about a command that does not end. */
#ifndef LAB_PROCESSES_H
#define LAB_PROCESSES_H

#include <stdio.h>

/* Writes a line for each process: its number, its state and the function of the kernel where it waits, as in
 * proc(5), and its command line; of one that is stuck or a zombie, its name. Threads of the kernel are left out
 * unless they are stuck. */
void processes_print(FILE *to);

#endif
