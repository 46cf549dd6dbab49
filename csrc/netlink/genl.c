// SPDX-License-Identifier: MIT
/*
 * SMC's generic netlink families, SMC_PNETID and SMC_GEN_NETLINK, in the
 * transport of netlink.c. See net/smc/smc_netlink.c and net/smc/smc_pnet.c; both
 * families have version 1 and no header of their own.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "genl.h"

#define VERSION 1

/* === asking === */

/*
 * The errno of a family that is not there is the one of socket(AF_SMC, …), since
 * the commands have ENOENT for answers of their own. Asking for a family by name
 * makes the kernel load its module where there is one. Why there is none, Lua finds out.
 */
const char *smc_genl_advice(int err)
{
	switch (err) {
	case EPERM:
		return "it needs CAP_NET_ADMIN in the initial user namespace: run it as root, and not "
		       "in a rootless container";
	default:
		return NULL;
	}
}

/* The request as a message, to be freed by who sends it; NULL when memory is short. */
static struct nl_msg *build(int family, int command, int flags, const struct smc_genl_attr *attr)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, (uint8_t)command, VERSION))
		goto fail;
	for (; attr && attr->size; attr++) {
		if (nla_put(msg, attr->type, (int)attr->size, attr->data))
			goto fail;
	}
	return msg;
fail:
	nlmsg_free(msg);
	return NULL;
}

/*
 * The number of a family, or a negative errno. libnl's genl_ctrl_resolve() answers that there is no
 * such family when it could not ask, too.
 */
static int resolve(struct smc_nl *nl, const char *family)
{
	const struct smc_genl_attr name[] = {
		{ CTRL_ATTR_FAMILY_NAME, family, strlen(family) + 1 },
		{ 0, NULL, 0 },
	};
	const struct nlattr *attr[CTRL_ATTR_FAMILY_ID + 1];
	struct nl_msg *request = build(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, name);
	const struct nlmsghdr *msg;
	uint16_t id = 0;
	int err;

	err = request ? smc_nl_send(nl, request) : -ENOMEM;
	while (!err && (err = smc_nl_step(nl, &msg)) > 0) { /* up to the acknowledgement */
		err = smc_genl_parse(msg, attr, CTRL_ATTR_FAMILY_ID);
		if (!err && attr[CTRL_ATTR_FAMILY_ID] &&
		    nla_len(attr[CTRL_ATTR_FAMILY_ID]) >= (int)sizeof(id))
			memcpy(&id, nla_data(attr[CTRL_ATTR_FAMILY_ID]), sizeof(id));
	}
	nl->done = false; /* for the next request */
	if (err == -ENOENT)
		return -EAFNOSUPPORT;
	if (!err && !id)
		return -EBADMSG;
	return err ? err : id;
}

static int ask(lua_State *L, struct smc_dump *dump, const char *family, int command, int flags,
	       const struct smc_genl_attr *attr)
{
	struct nl_msg *msg;
	int err;

	err = smc_dump_open(L, dump, NETLINK_GENERIC);
	if (err)
		return err;
	err = resolve(&dump->nl, family);
	if (err < 0)
		return err;
	msg = build(err, command, flags, attr);
	return msg ? smc_nl_send(&dump->nl, msg) : -ENOMEM;
}

/* Has the kernel do something, and waits for its word. Pushes true | nil, message, errno. */
int smc_genl_call(lua_State *L, const struct smc_dump_ops *ops, const char *family, int command,
		  const struct smc_genl_attr *attr)
{
	struct smc_dump *dump = smc_dump_new(L, ops);
	const struct nlmsghdr *msg;
	int err;

	err = ask(L, dump, family, command, 0, attr);
	if (!err) {
		do /* up to the acknowledgement */
			err = smc_nl_step(&dump->nl, &msg);
		while (err > 0);
	}
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	smc_nl_shut(&dump->nl);
	lua_pushboolean(L, true);
	return 1;
}

/* Pushes the values of all messages: { value, … } | nil, message, errno. */
static int collect(lua_State *L, struct smc_dump *dump, int err)
{
	const struct nlmsghdr *msg;
	lua_Integer count = 0;

	lua_newtable(L);
	while (!err && (err = smc_nl_step(&dump->nl, &msg)) > 0) {
		err = dump->ops->decode(L, msg, dump->want);
		if (err > 0) {
			lua_rawseti(L, -2, ++count);
			err = 0;
		}
	}
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	smc_nl_shut(&dump->nl);
	return 1;
}

/* Has the kernel list something. Pushes { value, … } | nil, message, errno. */
int smc_genl_list(lua_State *L, const struct smc_dump_ops *ops, const char *family, int command)
{
	struct smc_dump *dump = smc_dump_new(L, ops);

	return collect(L, dump, ask(L, dump, family, command, NLM_F_DUMP, NULL));
}

/* The same of a datagram that is there already: the string at arg, for specs and the fuzzer. */
int smc_genl_recorded(lua_State *L, int arg, const struct smc_dump_ops *ops)
{
	struct smc_dump *dump;
	const char *bytes;
	size_t size;
	int err;

	bytes = luaL_checklstring(L, arg, &size);
	luaL_argcheck(L, size <= SMC_DATAGRAM_MAX, arg, "longer than a datagram");
	dump = smc_dump_new(L, ops);
	err = smc_nl_load(&dump->nl, bytes, size);
	return collect(L, dump, err);
}

/* === reading === */

static int parse(const struct nlattr *nla, int left, const struct nlattr *attr[], int max)
{
	memset(attr, 0, sizeof(*attr) * (size_t)(max + 1));
	while (left > 0) {
		int size;

		if (!nla_ok(nla, left))
			return -EBADMSG;
		if (nla_type(nla) <= max)
			attr[nla_type(nla)] = nla;
		/* The last attribute need not be padded. */
		size = NLA_ALIGN(nla->nla_len) < left ? NLA_ALIGN(nla->nla_len) : left;
		nla = (const void *)((const char *)nla + size);
		left -= size;
	}
	return 0;
}

/* Returns 0, or -EBADMSG. */
int smc_genl_parse(const struct nlmsghdr *msg, const struct nlattr *attr[], int max)
{
	int left = nlmsg_datalen(msg) - GENL_HDRLEN;

	if (left < 0)
		return -EBADMSG;
	return parse((const void *)((const char *)nlmsg_data(msg) + GENL_HDRLEN), left, attr, max);
}

int smc_genl_parse_nested(const struct nlattr *nest, const struct nlattr *attr[], int max)
{
	return parse(nla_data(nest), nla_len(nest), attr, max);
}

static bool read_integer(const struct nlattr *nla, lua_Integer *out)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	if (!nla)
		return false;
	switch (nla_len(nla)) {
	case 1:
		*out = *(const uint8_t *)nla_data(nla);
		return true;
	case 2:
		memcpy(&u16, nla_data(nla), sizeof(u16));
		*out = u16;
		return true;
	case 4:
		memcpy(&u32, nla_data(nla), sizeof(u32));
		*out = u32;
		return true;
	case 8:
		memcpy(&u64, nla_data(nla), sizeof(u64));
		*out = (lua_Integer)u64;
		return true;
	default:
		return false;
	}
}

void smc_genl_set_integer(lua_State *L, const char *key, const struct nlattr *nla)
{
	lua_Integer value;

	if (!read_integer(nla, &value))
		return;
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

void smc_genl_set_boolean(lua_State *L, const char *key, const struct nlattr *nla)
{
	lua_Integer value;

	if (!read_integer(nla, &value))
		return;
	lua_pushboolean(L, value != 0);
	lua_setfield(L, -2, key);
}

const char *smc_genl_string(const struct nlattr *nla, size_t *length)
{
	*length = nla ? strnlen(nla_data(nla), (size_t)nla_len(nla)) : 0;
	return nla ? nla_data(nla) : "";
}

void smc_genl_set_string(lua_State *L, const char *key, const struct nlattr *nla)
{
	const char *text;
	size_t length;

	if (!nla)
		return;
	text = smc_genl_string(nla, &length);
	lua_pushlstring(L, text, length);
	lua_setfield(L, -2, key);
}
