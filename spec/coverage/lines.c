/*
 * Which lines of our Lua files are executed: a line hook that notes them in a file that is mapped, so that
 * nothing is lost however the process ends. A module of Lua: luaopen_lines(folder), where the folder's file
 * system maps files for writing, as 9p does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>

enum { FILES = 256, NAME = 128, LINES = 512 };

static struct file {
	char name[NAME];
	unsigned char lines[LINES]; /* a byte a line: report.lua reads them */
} *files;

/* The part of a source's name from lua/smc/ or examples/ on; NULL: it is none of ours. */
static const char *own_name(const char *source)
{
	const char *found = strstr(source, "lua/smc/");

	if (!found)
		found = strstr(source, "examples/");
	return *source == '@' && found && strlen(found) < NAME ? found : NULL;
}

static struct file *find(const char *name)
{
	int i;

	for (i = 0; i < FILES && files[i].name[0]; i++) {
		if (!strcmp(files[i].name, name))
			return &files[i];
	}
	return i < FILES ? strcpy(files[i].name, name), &files[i] : NULL;
}

static void note(lua_State *L, lua_Debug *event)
{
	static const char *last;
	static struct file *file;
	int line = event->currentline;

	lua_getinfo(L, "S", event);
	if (event->source != last) {
		const char *name = own_name(event->source);

		file = name ? find(name) : NULL;
		last = event->source;
	}
	if (file && line >= 0 && line < LINES)
		file->lines[line] = 1;
}

int luaopen_lines(lua_State *L);
int luaopen_lines(lua_State *L)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/lines.XXXXXX", luaL_checkstring(L, 1));
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, FILES * sizeof(struct file)))
		return 0;
	files = mmap(NULL, FILES * sizeof(struct file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (files == MAP_FAILED)
		return luaL_error(L, "%s cannot be mapped: %s", path, strerror(errno));
	lua_sethook(L, note, LUA_MASKLINE, 0);
	return 0;
}
