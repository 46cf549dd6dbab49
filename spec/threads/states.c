// SPDX-License-Identifier: MIT
/*
 * Runs a script in several threads at once, each with a Lua state of its own, of which the script is told the
 * number: states SCRIPT COUNT. Prints what the scripts raise, and ends with how many did.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lualib.h>

static pthread_barrier_t barrier;
static atomic_int failures;
static const char *script;

static void *run(void *number)
{
	lua_State *L = luaL_newstate();

	luaL_openlibs(L);
	lua_pushinteger(L, (lua_Integer)(intptr_t)number);
	lua_setglobal(L, "number");
	pthread_barrier_wait(&barrier);
	if (luaL_dofile(L, script)) {
		fprintf(stderr, "state %d: %s\n", (int)(intptr_t)number, lua_tostring(L, -1));
		atomic_fetch_add(&failures, 1);
	}
	lua_close(L);
	return NULL;
}

int main(int argc, char **argv)
{
	int i, count = argc > 2 ? atoi(argv[2]) : 0;
	pthread_t threads[64];

	if (count < 1 || count > 64)
		return 2;
	script = argv[1];
	pthread_barrier_init(&barrier, NULL, (unsigned int)count);
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)(intptr_t)(i + 1)))
			return 2;
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return failures;
}
