#include "processes.h"

#include <ctype.h>
#include <dirent.h>
#include <string.h>

/* The content of a file of a process, as one line of text. False: there is none. */
static int read_line(const char *pid, const char *name, char *line, size_t size)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%.16s/%s", pid, name);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	size_t length = fread(line, 1, size - 1, file);
	fclose(file);
	while (length > 0 && (line[length - 1] == '\0' || line[length - 1] == '\n'))
		length--;
	line[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)line[i]))
			line[i] = ' ';
	return length > 0;
}

/* The command line of one that is stuck in the kernel cannot always be read: its name has to do. */
static void print_process(const char *pid, FILE *to)
{
	char command[160], stat[512], where[64];
	if (!read_line(pid, "stat", stat, sizeof stat))
		return;
	const char *end = strrchr(stat, ')');
	char state = end && end[1] ? end[2] : '?';
	int is_stuck = state == 'D' || state == 'Z';
	if (!read_line(pid, is_stuck ? "comm" : "cmdline", command, sizeof command))
		return;
	if (!read_line(pid, "wchan", where, sizeof where))
		strcpy(where, "-");
	fprintf(to, "lab: %s %c %s: %s\n", pid, state, where, command);
}

void processes_print(FILE *to)
{
	DIR *folder = opendir("/proc");
	if (!folder)
		return;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (isdigit((unsigned char)entry->d_name[0]))
			print_process(entry->d_name, to);
	closedir(folder);
}
