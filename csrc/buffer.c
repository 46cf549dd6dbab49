// SPDX-License-Identifier: MIT
/* Receive buffers: lent to sockets while bytes wait in them. */
#include <stdlib.h>
#include <string.h>

#include "sock.h"

/*
 * A buffer is emptied and filled all the time where one socket is busy: the last one given back
 * is kept for the next who needs one.
 */
struct buffer_pool {
	char *spare;
};

static int pool_gc(lua_State *L)
{
	struct buffer_pool *pool = lua_touserdata(L, 1);

	free(pool->spare);
	pool->spare = NULL;
	return 0;
}

/* Pushes the pool of a Lua state. */
struct buffer_pool *buffer_new_pool(lua_State *L)
{
	struct buffer_pool *pool = lua_newuserdatauv(L, sizeof(*pool), 0);

	pool->spare = NULL;
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, pool_gc);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	return pool;
}

/* Gives the socket an empty buffer of BUFFER_SIZE. False: out of memory. */
bool buffer_take(struct buffer_pool *pool, struct sock_buffer *b)
{
	if (!b->data) {
		b->data = pool->spare ? pool->spare : malloc(BUFFER_SIZE);
		pool->spare = NULL;
	}
	b->first = b->last = 0;
	return b->data != NULL;
}

/* Takes the buffer back, if there is one, with whatever is in it. */
void buffer_give(struct buffer_pool *pool, struct sock_buffer *b)
{
	if (!pool->spare)
		pool->spare = b->data;
	else
		free(b->data);
	memset(b, 0, sizeof(*b));
}
