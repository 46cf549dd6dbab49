// SPDX-License-Identifier: MIT
/* Receive buffers: lent to sockets while bytes wait in them. */
#include <stdlib.h>
#include <string.h>

#include "../common/lua_util.h"
#include "sock.h"

/*
 * A busy socket empties and fills its buffer all the time: the pool keeps the buffer that was
 * returned last for the next socket that needs one.
 */
struct buffer_pool {
	char *spare;
	lua_Integer lent; /* how many sockets have bytes */
};

static int pool_gc(lua_State *L)
{
	struct buffer_pool *pool = lua_touserdata(L, 1);

	free(pool->spare);
	pool->spare = NULL;
	return 0;
}

/*
 * Strings of a buffer's size come and go quickly, and by default glibc gives the top of the heap
 * back to the kernel as soon as 128 KiB are free: a brk(2) and new pages for every few strings. It
 * raises that limit by itself when it frees a block that had its own mapping: mallopt(3).
 */
static void raise_trim_threshold(void)
{
	void *volatile block = malloc(16 * BUFFER_SIZE);

	free(block);
}

/* Pushes the pool of a Lua state: one, however often the module is loaded, as sockets keep it. */
struct buffer_pool *buffer_push_pool(lua_State *L)
{
	static const char key;
	struct buffer_pool *pool;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TUSERDATA)
		return lua_touserdata(L, -1);
	lua_pop(L, 1);
	pool = lua_newuserdatauv(L, sizeof(*pool), 0);
	memset(pool, 0, sizeof(*pool));
	raise_trim_threshold();
	smc_set_gc(L, pool_gc);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
	return pool;
}

/* Gives the socket, which has no bytes, a buffer of BUFFER_SIZE. False: out of memory. */
bool buffer_acquire(struct buffer_pool *pool, struct sock_buffer *b)
{
	b->first = b->last = 0;
	if (b->data) /* left by a read that a signal handler's error ended */
		return true;
	b->data = pool->spare ? pool->spare : malloc(BUFFER_SIZE);
	if (!b->data)
		return false;
	pool->spare = NULL;
	pool->lent++;
	return true;
}

static void keep_spare(struct buffer_pool *pool, char *data)
{
	if (!pool->spare)
		pool->spare = data;
	else
		free(data);
}

/* Takes the buffer back, if there is one, with whatever is in it. */
void buffer_release(struct buffer_pool *pool, struct sock_buffer *b)
{
	if (!b->data)
		return;
	pool->lent--;
	if (b->trimmed)
		free(b->data);
	else
		keep_spare(pool, b->data);
	memset(b, 0, sizeof(*b));
}

/* Moves the few bytes left in a buffer to a block of their own size. */
void buffer_shrink(struct buffer_pool *pool, struct sock_buffer *b)
{
	size_t n = b->last - b->first;
	char *small = malloc(n);

	if (!small)
		return;
	memcpy(small, b->data + b->first, n);
	keep_spare(pool, b->data);
	b->data = small;
	b->first = 0;
	b->last = n;
	b->trimmed = true;
}

/* core.buffered() → how many sockets hold bytes that poll(2) does not see */
int core_buffered(lua_State *L)
{
	const struct buffer_pool *pool = lua_touserdata(L, UPVALUE_POOL);

	lua_pushinteger(L, pool->lent);
	return 1;
}
