/* SPDX-License-Identifier: MIT */
/*
 * A netlink dump of the kernel, as an iterator for Lua. Decoders interpret the messages: smc_diag.c
 * and inet_diag.c.
 */
#ifndef SMC_DUMP_H
#define SMC_DUMP_H

#include <stddef.h>

#include <linux/netlink.h>

#include "../common/lua_api.h"
#include "transport.h"

/*
 * Turns a message into Lua values, mostly one. Returns how many it pushed, 0 if the message is
 * not wanted, or a negative errno if it is malformed. May raise an error.
 *
 * A Lua call that allocates can run the garbage collector, and with it a finalizer that closes this
 * iterator: copy what is needed from the message first, and do not read the message afterwards.
 */
typedef int smc_dump_decoder(lua_State *L, const struct nlmsghdr *msg, void *state);

struct smc_dump_ops {
	const char *what; /* "cannot …", for messages */
	smc_dump_decoder *decode;
	size_t state_size; /* of what the decoder keeps from one message to the next */
};

/* The iterator userdata. */
struct smc_dump {
	const void *mark; /* identifies this class of userdata, quickly, at every step of the iteration */
	struct smc_dump_ops ops;
	struct smc_transport transport;
	const struct nlmsghdr *first;                /* read while opening, not yet returned */
	int raised;                                  /* errno of the error that ended the dump, or 0 */
	_Alignas(lua_Integer) unsigned char state[]; /* aligned as userdata of Lua is */
};

#pragma GCC visibility push(hidden)

/* Pushes a new iterator, closed, with the decoder's state all zero. */
struct smc_dump *smc_dump_new(lua_State *L, const struct smc_dump_ops *ops);

/*
 * Opens the iterator's socket. Finalizers can run here. Returns a negative errno when it fails;
 * smc_dump_fail() closes what is half open.
 */
int smc_dump_open(lua_State *L, struct smc_dump *dump, int protocol);

/* Closes the iterator at index 1, and raises the message on top of the stack; iterator:errno() returns err. */
int smc_dump_raise(lua_State *L, int err);

/* Closes the iterator, and pushes nil, "cannot …: words", errno. Returns 3. */
int smc_dump_fail(lua_State *L, struct smc_dump *dump, int err);

/*
 * Opens the iterator, which is on top of the stack: asks sock_diag(7), or takes the datagram at arg,
 * a string. Both return what the Lua function is to return, the four values of a generic for, and
 * read as far as the first message, so that a kernel that refuses is known here and not in the
 * middle of a loop.
 */
int smc_dump_request(lua_State *L, struct smc_dump *dump, const void *payload, size_t size);
int smc_dump_datagram(lua_State *L, struct smc_dump *dump, int arg);

/* Takes the datagram at arg, a string, in place of the kernel's. Returns 0 or -ENOMEM. */
int smc_dump_load(lua_State *L, struct smc_dump *dump, int arg);

/*
 * Pushes a list of what `push` makes of each message of the answer; it pushes a value and returns 1, or returns 0 or
 * a negative errno. Returns 0 or a negative errno. The iterator must not be known to Lua code, so that no finalizer
 * can close it meanwhile.
 */
int smc_dump_collect(lua_State *L, struct smc_dump *dump,
		     int (*push)(lua_State *L, const void *how, const struct nlmsghdr *msg), const void *how);

/* Registers the class of the iterator. */
void smc_dump_register(lua_State *L);

#pragma GCC visibility pop

#endif
