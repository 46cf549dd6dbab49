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

/* Returns a block of that size, the spare one of the pool if it fits; NULL: out of memory. */
static char *take_block(struct buffer_pool *pool, size_t size)
{
	char *spare = pool->spare;

	if (size != BUFFER_SIZE || !spare)
		return malloc(size);
	pool->spare = NULL;
	return spare;
}

static void give_block(struct buffer_pool *pool, char *data, size_t size)
{
	if (size == BUFFER_SIZE && !pool->spare)
		pool->spare = data;
	else
		free(data);
}

/* Moves the bytes to a block of another size. False: out of memory, and nothing has changed. */
static bool move_bytes(struct buffer_pool *pool, struct sock_buffer *b, size_t size)
{
	size_t n = buffer_length(b);
	char *data = take_block(pool, size);

	if (!data)
		return false;
	if (b->data) {
		memcpy(data, b->data + b->first, n);
		give_block(pool, b->data, b->size);
	} else {
		pool->lent++;
	}
	b->data = data;
	b->size = size;
	b->first = 0;
	b->last = n;
	return true;
}

/* The size for a buffer with so many bytes and so much room behind them: large buffers grow by doubling. */
static size_t size_for(const struct sock_buffer *b, size_t needed)
{
	if (needed <= BUFFER_SIZE)
		return BUFFER_SIZE;
	return needed > 2 * b->size ? needed : 2 * b->size;
}

/* Makes room for so many bytes behind those that wait. False: out of memory, and they still wait. */
bool buffer_reserve(struct buffer_pool *pool, struct sock_buffer *b, size_t room)
{
	size_t n = buffer_length(b);

	if (b->data && b->size - b->last >= room)
		return true;
	if (!b->data || b->size - n < room)
		return move_bytes(pool, b, size_for(b, n + room));
	memmove(b->data, b->data + b->first, n);
	b->first = 0;
	b->last = n;
	return true;
}

/* Takes the buffer back, if there is one, and drops what is in it. */
void buffer_release(struct buffer_pool *pool, struct sock_buffer *b)
{
	if (!b->data)
		return;
	pool->lent--;
	give_block(pool, b->data, b->size);
	b->data = NULL;
	b->size = b->first = b->last = 0;
	b->removals++;
}

/* Removes the first n bytes; takes the buffer back when it is empty. */
void buffer_remove(struct buffer_pool *pool, struct sock_buffer *b, size_t n)
{
	b->first += n;
	b->removals++;
	if (b->first == b->last)
		buffer_release(pool, b);
}

/* Moves the few bytes left in a buffer to a block of just their size, if there is memory for one. */
void buffer_shrink(struct buffer_pool *pool, struct sock_buffer *b)
{
	move_bytes(pool, b, buffer_length(b));
}

/* buffered() -> how many sockets hold bytes that poll(2) does not see */
int core_buffered(lua_State *L)
{
	const struct buffer_pool *pool = lua_touserdata(L, UPVALUE_POOL);

	lua_pushinteger(L, pool->lent);
	return 1;
}
