/* SPDX-License-Identifier: MIT */
/*
 * Requests to SMC's generic netlink families, <linux/smc.h>: one call that asks
 * the kernel to do something, one that collects what it lists. A file a kind of
 * message (pnet.c, eid.c, …) says what is asked and decodes what comes.
 */
#ifndef SMC_GENL_H
#define SMC_GENL_H

#include <stddef.h>

#include <linux/netlink.h>

#include "../common/lua_api.h"
#include "netlink.h"

/* An attribute of a request. Those of a request end with one of size 0. */
struct smc_genl_attr {
	int type;
	const void *data;
	size_t size; /* with the final NUL of a string */
};

#pragma GCC visibility push(hidden)

/*
 * Send a command, with attributes or NULL for none. Both return what the Lua
 * function is to return. The decoders that smc_genl_list() calls may keep pointers
 * into the message until they return, whatever they call: no Lua code sees the
 * socket that it is read from.
 */
int smc_genl_call(lua_State *L, const struct smc_dump_ops *ops, const char *family, int command,
		  const struct smc_genl_attr *attr);
int smc_genl_list(lua_State *L, const struct smc_dump_ops *ops, const char *family, int command);
int smc_genl_recorded(lua_State *L, int arg, const struct smc_dump_ops *ops);

/* Goes into struct smc_dump_ops: what errors mean that every command can have. */
const char *smc_genl_advice(int err);

/*
 * Attributes of a message, by type: NULL where the kernel sent none. attr has
 * max + 1 elements. The nested form takes those inside of an attribute.
 */
int smc_genl_parse(const struct nlmsghdr *msg, const struct nlattr *attr[], int max);
int smc_genl_parse_nested(const struct nlattr *nest, const struct nlattr *attr[], int max);

/*
 * Set a field of the table on top of the stack, unless the attribute is absent.
 * An integer has the size that the kernel gave it; a string ends at its NUL.
 */
void smc_genl_set_integer(lua_State *L, const char *key, const struct nlattr *nla);
void smc_genl_set_boolean(lua_State *L, const char *key, const struct nlattr *nla);
void smc_genl_set_string(lua_State *L, const char *key, const struct nlattr *nla);

/* The string of an attribute, without its NUL; empty where there is no attribute. */
const char *smc_genl_string(const struct nlattr *nla, size_t *length);

#pragma GCC visibility pop

#endif
