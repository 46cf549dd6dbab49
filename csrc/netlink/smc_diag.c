// SPDX-License-Identifier: MIT
/*
 * The sockets of AF_SMC as the kernel's smc_diag lists them over
 * NETLINK_SOCK_DIAG: see sock_diag(7), include/uapi/linux/smc_diag.h and
 * net/smc/smc_diag.c. The kernel gives out every socket of the network namespace
 * and knows no filter, so the filter is here, before a Lua table is built.
 */
#include <errno.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/sock_diag.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "smc_diag.h"
#include "netlink.h"

_Static_assert(sizeof(struct smc_diag_conninfo) <= sizeof(struct smc_diag_lgrinfo), "struct attr");
_Static_assert(sizeof(struct dmbinfo) == 56, "layout of the kernel");

const char smc_mode_smcr[] = "SMC-R";
const char smc_mode_smcd[] = "SMC-D";
const char smc_mode_tcp[] = "TCP";

/* === reading a message === */

static bool is_inet6(const __be32 address[4])
{
	return address[1] | address[2] | address[3];
}

/*
 * The family of the addresses. A socket of AF_SMC does not say: the kernel clears
 * all four words and fills one or four. A socket of IPPROTO_SMC says it, but has
 * no addresses.
 */
static int find_family(const struct smc_diag_msg *m)
{
	if (m->diag_family == AF_INET || m->diag_family == AF_INET6)
		return m->diag_family;
	if (is_inet6(m->id.idiag_src) || is_inet6(m->id.idiag_dst))
		return AF_INET6;
	if (m->id.idiag_src[0] || m->id.idiag_dst[0])
		return AF_INET;
	return AF_UNSPEC;
}

/*
 * Mode 0 stands for SMC-R, but for every socket without a link group too: not yet
 * connected, or its link group gone with its device. With the attribute of SMC-R
 * asked for, only its presence counts as SMC-R.
 */
static const char *find_mode(const struct diag_socket *s, unsigned int ext)
{
	switch (s->msg.diag_mode) {
	case SMC_DIAG_MODE_FALLBACK_TCP:
		return smc_mode_tcp;
	case SMC_DIAG_MODE_SMCD:
		return smc_mode_smcd;
	case SMC_DIAG_MODE_SMCR:
		if (ext & EXT(SMC_DIAG_LGRINFO))
			return s->attr[SMC_DIAG_LGRINFO].len ? smc_mode_smcr : NULL;
		if (s->msg.diag_state != STATE_INIT && s->msg.diag_state != STATE_LISTEN &&
		    s->msg.diag_state != STATE_CLOSED)
			return smc_mode_smcr;
		return NULL;
	default:
		return NULL;
	}
}

/* Copies everything that is used out of the message. Returns 0 or -EBADMSG. */
static int read_message(struct diag_socket *s, const struct nlmsghdr *msg)
{
	const struct nlattr *nla;
	struct attr *attr;
	size_t i;
	int left = nlmsg_datalen(msg);

	if (left < (int)sizeof(s->msg))
		return -EBADMSG;
	memcpy(&s->msg, nlmsg_data(msg), sizeof(s->msg));
	for (i = 0; i < COUNT(s->attr); i++)
		s->attr[i].len = 0;

	nla = (const void *)((const char *)nlmsg_data(msg) + sizeof(s->msg));
	left -= (int)sizeof(s->msg);
	while (left > 0) {
		int size;

		if (!nla_ok(nla, left))
			return -EBADMSG;
		if (nla_type(nla) <= SMC_DIAG_MAX) {
			attr = &s->attr[nla_type(nla)];
			attr->len = (unsigned int)nla_len(nla);
			if (attr->len > sizeof(attr->data))
				attr->len = sizeof(attr->data);
			memcpy(attr->data, nla_data(nla), attr->len);
		}
		/* The last attribute need not be padded. */
		size = NLA_ALIGN(nla->nla_len) < left ? NLA_ALIGN(nla->nla_len) : left;
		nla = (const void *)((const char *)nla + size);
		left -= size;
	}
	return 0;
}

/* An integer of the host's byte order out of an attribute; false where it is too short. */
bool smc_attr_integer(const struct attr *attr, size_t offset, size_t size, lua_Integer *out)
{
	const unsigned char *p = attr->data + offset;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	if (offset + size > attr->len)
		return false;
	switch (size) {
	case 1:
		*out = *p;
		return true;
	case 2:
		memcpy(&u16, p, sizeof(u16));
		*out = u16;
		return true;
	case 4:
		memcpy(&u32, p, sizeof(u32));
		*out = u32;
		return true;
	default:
		memcpy(&u64, p, sizeof(u64));
		*out = (lua_Integer)u64;
		return true;
	}
}

/* === iterator === */

static bool was_seen(const struct smc_diag_msg *m, struct diag_want *want)
{
	uint64_t cookie = cookie_of(m);
	uint64_t *slot = &want->seen[cookie % COUNT(want->seen)];

	if (!cookie || *slot == cookie)
		return cookie;
	*slot = cookie;
	return false;
}

/*
 * Has the caller's function complete the record on top of the stack: where the kernel
 * does not say the address of a socket that has a port, or which wildcard it is; and
 * where it says why a connection fell back, by a code.
 */
static void complete(lua_State *L, const struct diag_socket *s)
{
	const struct smc_diag_msg *m = &s->msg;

	if ((!is_zero(m->id.idiag_src) || !m->id.idiag_sport) && !s->attr[SMC_DIAG_FALLBACK].len)
		return;
	if (lua_getiuservalue(L, 1, 1) != LUA_TFUNCTION) {
		lua_pop(L, 1);
		return;
	}
	lua_pushvalue(L, -2);
	lua_call(L, 1, 0);
}

static int decode(lua_State *L, const struct nlmsghdr *msg, const void *data)
{
	struct diag_want *want = (struct diag_want *)data; /* the iterator's own */
	struct diag_socket s;
	int err, i;

	if (msg->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -EBADMSG;
	err = read_message(&s, msg);
	if (err)
		return err;
	s.family = find_family(&s.msg);
	s.mode = find_mode(&s, want->ext);
	if (!smc_diag_matches(&s, want))
		return 0;
	if (was_seen(&s.msg, want))
		return 0;
	if (!want->count) {
		smc_diag_push_record(L, &s);
		complete(L, &s);
		return 1;
	}
	luaL_checkstack(L, want->count, NULL);
	for (i = 0; i < want->count; i++)
		smc_diag_push_field(L, &s, (enum field_id)want->fields[i]);
	return want->count;
}

static const struct smc_dump_ops ops = {
	.what = "cannot list the SMC sockets",
	.decode = decode,
	.want_size = sizeof(struct diag_want),
};

/* Pushes the iterator for the arguments extensions, filter, fields, complete, which begin at arg. */
static struct smc_dump *new_dump(lua_State *L, int arg)
{
	struct smc_dump *dump = smc_dump_new(L, &ops);

	lua_pushvalue(L, arg + 3);
	lua_setiuservalue(L, -2, 1);
	smc_diag_read_want(L, arg, (struct diag_want *)dump->want);
	return dump;
}

/*
 * diag([extensions [, filter [, fields [, complete]]]]) -> iterator, nil, nil, iterator
 *                                                       | nil, message, errno
 *
 * complete(record) is called for a record without a local address, or with the code of a fallback.
 *
 * Asks the kernel for the SMC sockets of this network namespace, with the
 * attributes that the bits of extensions name: 1 << (SMC_DIAG_… - 1).
 */
int smc_diag_dump(lua_State *L)
{
	struct smc_diag_req req = { .diag_family = AF_SMC };
	struct smc_dump *dump;

	lua_settop(L, 4);
	dump = new_dump(L, 1);
	req.diag_ext = (uint8_t)((struct diag_want *)dump->want)->ext;
	return smc_dump_request(L, dump, NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, &req, sizeof(req));
}

/*
 * decode(datagram [, extensions [, filter [, fields [, complete]]]]) -> as diag
 *
 * The same for a datagram given as a string, for specs and the fuzzer.
 */
int smc_diag_decode(lua_State *L)
{
	struct smc_dump *dump;
	const char *bytes;
	size_t size;

	bytes = luaL_checklstring(L, 1, &size);
	lua_settop(L, 5);
	dump = new_dump(L, 2);
	return smc_dump_recorded(L, dump, bytes, size);
}
