// SPDX-License-Identifier: MIT
/*
 * Starts programs, in this process (exec) or in a new one (spawn), with arguments,
 * environment and standard streams from Lua tables.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "process.h"

static const char *const stream_names[] = { "stdin", "stdout", "stderr" };

/* A string without a NUL byte, at index i of the stack, which keeps it alive. */
static char *check_text(lua_State *L, int i, int arg)
{
	size_t length;
	const char *text;

	luaL_argcheck(L, lua_type(L, i) == LUA_TSTRING, arg, "strings expected in the table");
	text = lua_tolstring(L, i, &length);
	luaL_argcheck(L, strlen(text) == length, arg, "a string contains a NUL byte");
	return (char *)text;
}

/*
 * The sequence of strings at arg as a vector that ends in NULL. Pushes one
 * value, the vector; the strings live as long as the sequence holds them.
 */
static char **check_argv(lua_State *L, int arg)
{
	lua_Integer i, count;
	char **argv;

	luaL_checktype(L, arg, LUA_TTABLE);
	count = (lua_Integer)lua_rawlen(L, arg);
	luaL_argcheck(L, count > 0, arg, "empty: the name of the program expected");
	argv = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(*argv), 0);
	for (i = 0; i < count; i++) {
		lua_rawgeti(L, arg, i + 1);
		argv[i] = check_text(L, -1, arg);
		lua_pop(L, 1);
	}
	argv[count] = NULL;
	return argv;
}

static size_t count_pairs(lua_State *L, int arg)
{
	size_t count = 0;

	for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1))
		count++;
	return count;
}

/* Pushes "name=value", of the key and the value on top of the stack. */
static char *push_env_entry(lua_State *L, int arg)
{
	const char *name = check_text(L, -2, arg);
	const char *value = check_text(L, -1, arg);

	luaL_argcheck(L, *name && !strchr(name, '='), arg, "not a valid name of an environment variable");
	return (char *)lua_pushfstring(L, "%s=%s", name, value);
}

/*
 * The table { NAME = "value" } at arg as an environment vector; for nil, the
 * environment of this process. Pushes one value, which owns the vector.
 */
static char **check_env(lua_State *L, int arg)
{
	size_t i = 0, count;
	char **env;

	if (lua_isnoneornil(L, arg)) {
		lua_pushnil(L);
		return environ;
	}
	luaL_checktype(L, arg, LUA_TTABLE);
	count = count_pairs(L, arg);
	env = lua_newuserdatauv(L, (count + 1) * sizeof(*env), 1);
	lua_createtable(L, (int)count, 0);
	for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1)) {
		env[i++] = push_env_entry(L, arg);
		lua_rawseti(L, -4, (lua_Integer)i);
	}
	env[i] = NULL;
	lua_setiuservalue(L, -2, 1);
	return env;
}

/*
 * exec(argv [, env]) -> nil, message, errno
 * Becomes the program argv[1], searched for in PATH: execvpe(3). Open files that
 * are not close-on-exec are inherited, as are signal dispositions; Lua's buffered
 * output is written first.
 */
static int process_exec(lua_State *L)
{
	char **argv, **env;

	lua_settop(L, 2);
	argv = check_argv(L, 1);
	env = check_env(L, 2);
	fflush(NULL);
	execvpe(argv[0], argv, env);
	return smc_push_error(L, errno, argv[0]);
}

enum stream_kind { STREAM_INHERIT, STREAM_NULL, STREAM_PIPE };

/* What a child is started with. Descriptors that are not open are -1. */
struct child {
	enum stream_kind kind[3];
	luaL_Stream *file[3]; /* file handles of this process's ends, closed until they are needed */
	int ours[3];
	int theirs[3];
};

static int close_stream(lua_State *L)
{
	luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);

	return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

static luaL_Stream *push_stream(lua_State *L)
{
	luaL_Stream *stream = lua_newuserdatauv(L, sizeof(*stream), 0);

	stream->f = NULL;
	stream->closef = NULL; /* closed, until it has a file */
	luaL_setmetatable(L, LUA_FILEHANDLE);
	return stream;
}

static enum stream_kind check_stream_kind(lua_State *L, int arg, const char *name)
{
	static const char *const kinds[] = { "inherit", "null", "pipe" };
	const char *kind;
	int i = 0;

	lua_getfield(L, arg, name);
	kind = luaL_optstring(L, -1, "inherit");
	while (i < 3 && strcmp(kind, kinds[i]) != 0)
		i++;
	luaL_argcheck(L, i < 3, arg, "a stream is \"inherit\", \"null\" or \"pipe\"");
	lua_pop(L, 1);
	return (enum stream_kind)i;
}

/* Fills in child from the table at arg; pushes three values, file handles or nil. */
static void check_streams(lua_State *L, int arg, struct child *child)
{
	int i, given = !lua_isnoneornil(L, arg);

	if (given)
		luaL_checktype(L, arg, LUA_TTABLE);
	for (i = 0; i < 3; i++) {
		child->ours[i] = child->theirs[i] = -1;
		child->file[i] = NULL;
		child->kind[i] = given ? check_stream_kind(L, arg, stream_names[i]) : STREAM_INHERIT;
		if (child->kind[i] == STREAM_PIPE)
			child->file[i] = push_stream(L);
		else
			lua_pushnil(L);
	}
}

/* A descriptor below 3 would be overwritten when the child's streams are set. */
static int move_above_stdio(int fd)
{
	int copy;

	if (fd > STDERR_FILENO)
		return fd;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return copy;
}

static int open_pipe(struct child *child, int i)
{
	int ends[2], writes = i != STDIN_FILENO; /* the child's end is the writing one */

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	child->ours[i] = ends[!writes];
	child->theirs[i] = move_above_stdio(ends[writes]);
	if (child->theirs[i] < 0)
		return errno;
	child->file[i]->f = fdopen(child->ours[i], writes ? "r" : "w");
	if (!child->file[i]->f)
		return errno;
	if (!writes) /* unbuffered, so that nothing is written after the reader has ended */
		setvbuf(child->file[i]->f, NULL, _IONBF, 0);
	child->file[i]->closef = close_stream;
	child->ours[i] = -1; /* belongs to the file now */
	return 0;
}

/* Closes the files of a child that did not start. */
static void close_files(const struct child *child)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (child->file[i] && child->file[i]->closef) {
			child->file[i]->closef = NULL;
			fclose(child->file[i]->f);
		}
	}
}

static void close_fds(int *fds)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Opens the pipes of a child. Returns 0, or an error number; nothing is open then. */
static int open_pipes(struct child *child)
{
	int i, err = 0;

	for (i = 0; i < 3 && !err; i++)
		if (child->kind[i] == STREAM_PIPE)
			err = open_pipe(child, i);
	if (err) {
		close_files(child);
		close_fds(child->ours);
		close_fds(child->theirs);
	}
	return err;
}

static int add_stream(posix_spawn_file_actions_t *actions, const struct child *child, int i)
{
	if (child->kind[i] == STREAM_PIPE)
		return posix_spawn_file_actions_adddup2(actions, child->theirs[i], i);
	if (child->kind[i] == STREAM_NULL)
		return posix_spawn_file_actions_addopen(actions, i, "/dev/null", i ? O_WRONLY : O_RDONLY, 0);
	return 0;
}

/* The child starts with no blocked signals, and with the default SIGPIPE even if Lua libraries ignore it. */
static int set_signals(posix_spawnattr_t *attr)
{
	sigset_t none, defaults;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &defaults);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Returns an error number, that of exec in the child too. */
static int start_child(const struct child *child, char **argv, char **env, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int i, err = posix_spawn_file_actions_init(&actions);

	if (err)
		return err;
	for (i = 0; i < 3 && !err; i++)
		err = add_stream(&actions, child, i);
	if (!err)
		err = posix_spawnattr_init(&attr);
	if (!err) {
		err = set_signals(&attr);
		if (!err)
			err = posix_spawnp(pid, argv[0], &actions, &attr, argv, env);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Opens the pipes and starts the child: an error number, with no file and no descriptor open then. */
static int open_and_start(struct child *child, char **argv, char **env, pid_t *pid)
{
	int err = open_pipes(child);

	if (!err) {
		fflush(NULL);
		err = start_child(child, argv, env, pid);
		if (err)
			close_files(child);
	}
	close_fds(child->theirs);
	return err;
}

#define CHILD 4 /* index of the table that owns the child */

/*
 * Sets the fields of the child's table, if there is one, to the pid and the files, which are the four values
 * on top of the stack; the names of the fields are below them. It has the fields: this needs no memory.
 */
static void set_child(lua_State *L)
{
	int i, top = lua_gettop(L);

	for (i = 0; i < 4 && lua_istable(L, CHILD); i++) {
		lua_pushvalue(L, top - 7 + i);
		lua_pushvalue(L, top - 3 + i);
		lua_rawset(L, CHILD);
	}
}

/*
 * spawn(argv [, env [, streams [, child]]]) -> pid, stdin, stdout, stderr | nil, message, errno
 * Starts the program argv[1], searched for in PATH: posix_spawnp(3). Each field stdin, stdout, stderr of
 * streams is "inherit", "null" or "pipe"; for a pipe the result is a file of Lua's io library, unbuffered
 * for stdin, otherwise nil.
 *
 * child is a table with the fields pid, stdin, stdout and stderr, which are set to the results: whatever
 * happens once the program runs, it belongs to somebody.
 */
static int process_spawn(lua_State *L)
{
	struct child child;
	char **argv, **env;
	pid_t pid = -1;
	int i, err;

	lua_settop(L, CHILD);
	argv = check_argv(L, 1);
	env = check_env(L, 2);
	lua_pushliteral(L, "pid");
	for (i = 0; i < 3; i++)
		lua_pushstring(L, stream_names[i]);
	check_streams(L, 3, &child);

	err = open_and_start(&child, argv, env, &pid);
	if (err && smc_gc_on_fd_exhaustion(L, err))
		err = open_and_start(&child, argv, env, &pid);
	if (err)
		return smc_push_error(L, err, argv[0]);
	lua_pushinteger(L, pid);
	lua_insert(L, -4);
	set_child(L);
	return 4;
}

const luaL_Reg smc_process_spawning[] = {
	{ "exec", process_exec },
	{ "spawn", process_spawn },
	{ NULL, NULL },
};
