// SPDX-License-Identifier: MIT
/*
 * The sockets of AF_SMC as the kernel's smc_diag lists them over
 * NETLINK_SOCK_DIAG: see sock_diag(7), include/uapi/linux/smc_diag.h and
 * net/smc/smc_diag.c. The kernel gives out every socket of the network namespace
 * and knows no filter, so the filter is here, before a Lua table is built.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/smc_diag.h>
#include <linux/sock_diag.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "netlink.h"
#include "smc.h"

#define EXT(attr) (1u << ((attr)-1))

/* SMC_DIAG_DMBINFO: Linux 6.8 appended the upper halves of the 128-bit GIDs. */
struct dmbinfo {
	uint32_t linkid;
	uint64_t peer_gid __attribute__((aligned(8)));
	uint64_t my_gid;
	uint64_t token;
	uint64_t peer_token;
	uint64_t peer_gid_ext;
	uint64_t my_gid_ext;
};

/* An attribute as far as it is known here; len 0: the kernel did not send it. */
struct attr {
	unsigned int len;
	unsigned char data[sizeof(struct smc_diag_lgrinfo)];
};

_Static_assert(sizeof(struct smc_diag_conninfo) <= sizeof(struct smc_diag_lgrinfo), "struct attr");
_Static_assert(sizeof(struct dmbinfo) == 56, "layout of the kernel");

struct diag_socket {
	struct smc_diag_msg msg;
	struct attr attr[SMC_DIAG_MAX + 1];
	int family;	  /* AF_INET, AF_INET6, or AF_UNSPEC when nothing tells */
	const char *mode; /* NULL when it has none (yet) */
};

/* What the caller wants to see. */
struct diag_want {
	unsigned int ext; /* attributes that were asked for */
	bool has_state, has_uid, has_inode, has_port[2], has_address[2];
	uint8_t state;
	uint32_t uid;
	uint64_t inode;
	uint16_t port[2];	     /* local and peer, network order */
	struct in6_addr address[2]; /* the same; IPv4 as IPv4-mapped */
	const char *mode;
	/*
	 * Where sockets come and go, the kernel gives some out twice, near each other. Their
	 * cookies are numbers in a row, so that this remembers about the last thousand.
	 */
	bool unique;
	uint64_t seen[1024];
	uint8_t fields[16]; /* enum field_id, in the caller's order; count 0: a record */
	uint8_t count;
};

enum { LOCAL, PEER };

/* === names === */

/* Numbers of enum smc_state in net/smc/smc.h. */
enum { STATE_INIT = 2, STATE_CLOSED = 7, STATE_LISTEN = 10 };

static const struct {
	uint8_t number;
	const char *name;
} states[] = {
	{ 1, "ACTIVE" },
	{ STATE_INIT, "INIT" },
	{ STATE_CLOSED, "CLOSED" },
	{ STATE_LISTEN, "LISTEN" },
	{ 20, "PEERCLOSEWAIT1" },
	{ 21, "PEERCLOSEWAIT2" },
	{ 22, "APPCLOSEWAIT1" },
	{ 23, "APPCLOSEWAIT2" },
	{ 24, "APPFINCLOSEWAIT" },
	{ 25, "PEERFINCLOSEWAIT" },
	{ 26, "PEERABORTWAIT" },
	{ 27, "PROCESSABORT" },
};

static const char mode_smcr[] = "SMC-R";
static const char mode_smcd[] = "SMC-D";
static const char mode_tcp[] = "TCP";

/* What can be asked for instead of a whole record: names and order are those of Lua. */
enum field_id {
	STATE, UID, INODE, INTERFACE, COOKIE, /* always there */
	MODE, FAMILY, LOCAL_ADDRESS, LOCAL_PORT, PEER_ADDRESS, PEER_PORT, SHUTDOWN,
	FALLBACK_REASON, PEER_REASON, LOCAL_ENDPOINT, PEER_ENDPOINT
};

static const char *const field_names[] = {
	"state", "uid", "inode", "interface", "cookie", "mode", "family", "local_address",
	"local_port", "peer_address", "peer_port", "shutdown", "fallback_reason",
	"peer_reason", "local_endpoint", "peer_endpoint", NULL,
};

static const char *const shutdown_names[] = { "none", "receive", "send", "both" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* === reading a message === */

static bool is_zero(const __be32 address[4])
{
	return !(address[0] | address[1] | address[2] | address[3]);
}

static uint64_t cookie_of(const struct smc_diag_msg *m)
{
	return (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0];
}

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
 * An address of zeros is the wildcard where an AF_SMC socket without a peer has a
 * local port. Elsewhere it means that the kernel does not say: sockets that were
 * made with, or accepted by one made with, IPPROTO_SMC; sockets without a port.
 */
static bool has_local_address(const struct smc_diag_msg *m)
{
	return !is_zero(m->id.idiag_src) ||
	       (m->diag_family == AF_SMC && m->id.idiag_sport && !m->id.idiag_dport);
}

static char *put_octet(char *p, unsigned int n)
{
	if (n >= 100)
		*p++ = (char)('0' + n / 100);
	if (n >= 10)
		*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

/* IPv4 by hand: with thousands of sockets, inet_ntop took a third of the time. */
static const char *format_address(const struct diag_socket *s, const __be32 address[4],
				  char text[INET6_ADDRSTRLEN])
{
	const unsigned char *octet = (const unsigned char *)address;
	char *p = text;
	int i;

	if (s->family == AF_INET6)
		return inet_ntop(AF_INET6, address, text, INET6_ADDRSTRLEN);
	for (i = 0; i < 4; i++) {
		p = put_octet(p, octet[i]);
		*p++ = i < 3 ? '.' : '\0';
	}
	return text;
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
		return mode_tcp;
	case SMC_DIAG_MODE_SMCD:
		return mode_smcd;
	case SMC_DIAG_MODE_SMCR:
		if (ext & EXT(SMC_DIAG_LGRINFO))
			return s->attr[SMC_DIAG_LGRINFO].len ? mode_smcr : NULL;
		if (s->msg.diag_state != STATE_INIT && s->msg.diag_state != STATE_LISTEN &&
		    s->msg.diag_state != STATE_CLOSED)
			return mode_smcr;
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
static bool attr_integer(const struct attr *attr, size_t offset, size_t size, lua_Integer *out)
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

/* === filter === */

/* The address as it is compared: IPv4, and IPv6-mapped IPv4, come out the same. */
static void map_address(struct in6_addr *out, int family, const void *address)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char any[4];

	memset(out, 0, sizeof(*out));
	if (family == AF_INET6) {
		memcpy(out, address, sizeof(*out));
	} else if (memcmp(address, any, sizeof(any))) { /* 0.0.0.0 is :: is any */
		memcpy(out, prefix, sizeof(prefix));
		memcpy((char *)out + sizeof(prefix), address, 4);
	}
}

static bool address_matches(const struct diag_want *want, int side, bool present, int family,
			    const __be32 address[4])
{
	struct in6_addr mapped;

	if (!want->has_address[side])
		return true;
	if (!present)
		return false;
	map_address(&mapped, family == AF_INET6 ? AF_INET6 : AF_INET, address);
	return !memcmp(&mapped, &want->address[side], sizeof(mapped));
}

static bool matches(const struct diag_socket *s, const struct diag_want *want)
{
	const struct smc_diag_msg *m = &s->msg;

	return (!want->has_inode || want->inode == m->diag_inode) &&
	       (!want->has_state || want->state == m->diag_state) &&
	       (!want->has_uid || want->uid == m->diag_uid) &&
	       (!want->has_port[LOCAL] || want->port[LOCAL] == m->id.idiag_sport) &&
	       (!want->has_port[PEER] || want->port[PEER] == m->id.idiag_dport) &&
	       (!want->mode || want->mode == s->mode) &&
	       address_matches(want, LOCAL, has_local_address(m), s->family, m->id.idiag_src) &&
	       address_matches(want, PEER, !is_zero(m->id.idiag_dst), s->family, m->id.idiag_dst);
}

/* Reads the integer of the table at arg; raises unless it is one in [0, max]. */
static bool want_integer(lua_State *L, int arg, const char *key, lua_Integer max, lua_Integer *out)
{
	int is_integer;

	if (lua_getfield(L, arg, key) == LUA_TNIL) {
		lua_pop(L, 1);
		return false;
	}
	*out = lua_tointegerx(L, -1, &is_integer);
	if (!is_integer || lua_type(L, -1) != LUA_TNUMBER || *out < 0 || *out > max)
		luaL_error(L, "filter %s: an integer from 0 to %I expected, got %s", key, max,
			   luaL_tolstring(L, -1, NULL));
	lua_pop(L, 1);
	return true;
}

/* Reads the string of the table at arg, left on the stack; NULL where there is none. */
static const char *want_string(lua_State *L, int arg, const char *key)
{
	int type = lua_getfield(L, arg, key);

	if (type == LUA_TNIL)
		return NULL;
	if (type != LUA_TSTRING)
		luaL_error(L, "filter %s: a string expected, got %s", key, lua_typename(L, type));
	return lua_tostring(L, -1);
}

static void want_address(lua_State *L, int arg, const char *key, struct diag_want *want, int side)
{
	const char *text = want_string(L, arg, key);
	unsigned char bytes[sizeof(struct in6_addr)];
	int family = AF_INET;

	if (text) {
		if (strchr(text, ':'))
			family = AF_INET6;
		if (inet_pton(family, text, bytes) != 1)
			luaL_error(L, "filter %s: an IPv4 or IPv6 address expected, got \"%s\"", key,
				   text);
		map_address(&want->address[side], family, bytes);
		want->has_address[side] = true;
	}
	lua_pop(L, 1);
}

static void want_state(lua_State *L, int arg, struct diag_want *want)
{
	const char *name = want_string(L, arg, "state");
	size_t i;

	for (i = 0; name && i < COUNT(states) && !want->has_state; i++) {
		want->has_state = !strcmp(name, states[i].name);
		want->state = states[i].number;
	}
	if (name && !want->has_state)
		luaL_error(L, "filter state: SMC sockets have no state \"%s\"", name);
	lua_pop(L, 1);
}

static void want_mode(lua_State *L, int arg, struct diag_want *want)
{
	static const char *const modes[] = { mode_smcd, mode_smcr, mode_tcp };
	const char *name = want_string(L, arg, "mode");
	size_t i;

	for (i = 0; name && i < COUNT(modes); i++) {
		if (!strcmp(name, modes[i]))
			want->mode = modes[i];
	}
	if (name && !want->mode)
		luaL_error(L, "filter mode: \"SMC-D\", \"SMC-R\" or \"TCP\" expected, got \"%s\"", name);
	lua_pop(L, 1);
}

/* Reads the list of fields at arg: the first is one that is always there. */
static void want_fields(lua_State *L, int arg, struct diag_want *want)
{
	int i, count = (int)luaL_len(L, arg);

	luaL_argcheck(L, count >= 1 && count <= (int)sizeof(want->fields), arg, "1 to 16 fields");
	for (i = 0; i < count; i++) {
		lua_geti(L, arg, i + 1);
		want->fields[i] = (uint8_t)luaL_checkoption(L, -1, NULL, field_names);
		lua_pop(L, 1);
	}
	luaL_argcheck(L, want->fields[0] <= COOKIE, arg,
		      "the first one must be one that is always there");
	want->count = (uint8_t)count;
}

/* Reads the extension bits at arg, the filter at arg + 1 and the fields at arg + 2, all optional. */
static void read_want(lua_State *L, int arg, struct diag_want *want)
{
	lua_Integer n = luaL_optinteger(L, arg, 0);
	int filter = arg + 1;

	luaL_argcheck(L, n >= 0 && n <= UINT8_MAX, arg, "extension bits expected");
	want->ext = (unsigned int)n;
	if (!lua_isnoneornil(L, arg + 2))
		want_fields(L, arg + 2, want);
	if (lua_isnoneornil(L, filter))
		return;
	luaL_checktype(L, filter, LUA_TTABLE);
	want_mode(L, filter, want);
	want_state(L, filter, want);
	want_address(L, filter, "local_address", want, LOCAL);
	want_address(L, filter, "peer_address", want, PEER);
	want->has_port[LOCAL] = want_integer(L, filter, "local_port", UINT16_MAX, &n);
	want->port[LOCAL] = htons((uint16_t)n);
	want->has_port[PEER] = want_integer(L, filter, "peer_port", UINT16_MAX, &n);
	want->port[PEER] = htons((uint16_t)n);
	want->has_uid = want_integer(L, filter, "uid", UINT32_MAX, &n);
	want->uid = (uint32_t)n;
	want->has_inode = want_integer(L, filter, "inode", LUA_MAXINTEGER, &n);
	want->inode = (uint64_t)n;
}

/* === building the record === */

struct field {
	const char *name;
	uint16_t offset;
	uint8_t size; /* bytes of an integer, or CURSOR */
};

#define CURSOR 0
#define FIELD(type, member) { #member, offsetof(type, member), sizeof(((type *)0)->member) }
#define CURSOR_FIELD(type, member) { #member, offsetof(type, member), CURSOR }

static const struct field conninfo_fields[] = {
	FIELD(struct smc_diag_conninfo, token),
	FIELD(struct smc_diag_conninfo, sndbuf_size),
	FIELD(struct smc_diag_conninfo, rmbe_size),
	FIELD(struct smc_diag_conninfo, peer_rmbe_size),
	CURSOR_FIELD(struct smc_diag_conninfo, rx_prod),
	CURSOR_FIELD(struct smc_diag_conninfo, rx_cons),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_prod),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_cons),
	FIELD(struct smc_diag_conninfo, rx_prod_flags),
	FIELD(struct smc_diag_conninfo, rx_conn_state_flags),
	FIELD(struct smc_diag_conninfo, tx_prod_flags),
	FIELD(struct smc_diag_conninfo, tx_conn_state_flags),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_prep),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_sent),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_fin),
};

static const struct field dmbinfo_fields[] = {
	FIELD(struct dmbinfo, linkid),	     FIELD(struct dmbinfo, peer_gid),
	FIELD(struct dmbinfo, my_gid),	     FIELD(struct dmbinfo, token),
	FIELD(struct dmbinfo, peer_token),   FIELD(struct dmbinfo, peer_gid_ext),
	FIELD(struct dmbinfo, my_gid_ext),
};

static void set_string(lua_State *L, const char *key, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, key);
}

/* A string of the kernel's that fills its array when it is too long for a NUL. */
static void set_array(lua_State *L, const char *key, const struct attr *attr, size_t offset,
		      size_t size)
{
	const char *p = (const char *)attr->data + offset;

	if (offset + size > attr->len)
		return;
	lua_pushlstring(L, p, strnlen(p, size));
	lua_setfield(L, -2, key);
}

/* Sets key to a table of the fields that the kernel's struct is long enough for. */
static void set_struct(lua_State *L, const char *key, const struct attr *attr,
		       const struct field *fields, int count)
{
	const struct field *f;
	lua_Integer value, wrap;

	if (!attr->len)
		return;
	lua_createtable(L, 0, count);
	for (f = fields; f < fields + count; f++) {
		if (f->size != CURSOR) {
			if (attr_integer(attr, f->offset, f->size, &value))
				set_integer(L, f->name, value);
			continue;
		}
		if (!attr_integer(attr, f->offset + offsetof(struct smc_diag_cursor, wrap), 2,
				  &wrap) ||
		    !attr_integer(attr, f->offset + offsetof(struct smc_diag_cursor, count), 4,
				  &value))
			continue;
		lua_createtable(L, 0, 2);
		set_integer(L, "wrap", wrap);
		set_integer(L, "count", value);
		lua_setfield(L, -2, f->name);
	}
	lua_setfield(L, -2, key);
}

static void set_link_group(lua_State *L, const struct attr *attr)
{
	lua_Integer value;

	if (!attr->len)
		return;
	lua_createtable(L, 0, 2);
	if (attr_integer(attr, offsetof(struct smc_diag_lgrinfo, role), 1, &value))
		set_string(L, "role", value ? "server" : "client");
	lua_createtable(L, 1, 0);
	lua_createtable(L, 0, 5);
#define LINK(member)                                                                               \
	offsetof(struct smc_diag_lgrinfo, lnk[0].member),                                          \
		sizeof(((struct smc_diag_lgrinfo *)0)->lnk[0].member)
	if (attr_integer(attr, LINK(link_id), &value))
		set_integer(L, "link_id", value);
	if (attr_integer(attr, LINK(ibport), &value))
		set_integer(L, "ibport", value);
	set_array(L, "ibname", attr, LINK(ibname));
	set_array(L, "gid", attr, LINK(gid));
	set_array(L, "peer_gid", attr, LINK(peer_gid));
#undef LINK
	lua_rawseti(L, -2, 1);
	lua_setfield(L, -2, "links");
	lua_setfield(L, -2, "link_group");
}

static void push_state(lua_State *L, uint8_t number)
{
	char text[sizeof("0xff?")];
	size_t i;

	for (i = 0; i < COUNT(states); i++) {
		if (states[i].number == number) {
			lua_pushstring(L, states[i].name);
			return;
		}
	}
	snprintf(text, sizeof(text), "%#x?", number);
	lua_pushstring(L, text);
}

static bool fallback_code(const struct diag_socket *s, enum field_id which, lua_Integer *code)
{
	const struct attr *attr = &s->attr[SMC_DIAG_FALLBACK];

	if (which == FALLBACK_REASON)
		return s->mode == mode_tcp &&
		       attr_integer(attr, offsetof(struct smc_diag_fallback, reason), 4, code);
	return attr_integer(attr, offsetof(struct smc_diag_fallback, peer_diagnosis), 4, code) &&
	       *code;
}

/* "127.0.0.1:12223", "[::1]"'s without brackets as smcss(8) has it: "::1:12223" */
static void push_endpoint(lua_State *L, const struct diag_socket *s, const __be32 address[4],
			  __be16 port)
{
	char text[INET6_ADDRSTRLEN + sizeof(":65535")], digits[8];
	unsigned int n = ntohs(port);
	char *p, *d = digits + sizeof(digits);

	format_address(s, address, text);
	p = text + strlen(text);
	*p++ = ':';
	do
		*--d = (char)('0' + n % 10);
	while (n /= 10);
	memcpy(p, d, (size_t)(digits + sizeof(digits) - d));
	lua_pushlstring(L, text, (size_t)(p - text + (digits + sizeof(digits) - d)));
}

/* Pushes one value; nil where it is absent. */
static void push_field(lua_State *L, const struct diag_socket *s, enum field_id field)
{
	const struct smc_diag_msg *m = &s->msg;
	char text[INET6_ADDRSTRLEN];
	lua_Integer value;

	switch (field) {
	case STATE:
		push_state(L, m->diag_state);
		return;
	case UID:
		lua_pushinteger(L, m->diag_uid);
		return;
	case INODE:
		lua_pushinteger(L, (lua_Integer)m->diag_inode);
		return;
	case INTERFACE:
		lua_pushinteger(L, m->id.idiag_if);
		return;
	case COOKIE:
		lua_pushinteger(L, (lua_Integer)cookie_of(m));
		return;
	case MODE:
		lua_pushstring(L, s->mode);
		return;
	case FAMILY:
		if (s->family == AF_UNSPEC)
			break;
		lua_pushstring(L, s->family == AF_INET ? "inet" : "inet6");
		return;
	case LOCAL_ADDRESS:
		if (!has_local_address(m))
			break;
		lua_pushstring(L, format_address(s, m->id.idiag_src, text));
		return;
	case LOCAL_PORT:
		if (!m->id.idiag_sport)
			break;
		lua_pushinteger(L, ntohs(m->id.idiag_sport));
		return;
	case PEER_ADDRESS:
		if (is_zero(m->id.idiag_dst))
			break;
		lua_pushstring(L, format_address(s, m->id.idiag_dst, text));
		return;
	case PEER_PORT:
		if (!m->id.idiag_dport)
			break;
		lua_pushinteger(L, ntohs(m->id.idiag_dport));
		return;
	case SHUTDOWN:
		if (!attr_integer(&s->attr[SMC_DIAG_SHUTDOWN], 0, 1, &value))
			break;
		lua_pushstring(L, shutdown_names[value & 3]);
		return;
	case FALLBACK_REASON:
	case PEER_REASON:
		if (!fallback_code(s, field, &value))
			break;
		lua_pushinteger(L, value);
		return;
	case LOCAL_ENDPOINT:
		if (!has_local_address(m))
			break;
		push_endpoint(L, s, m->id.idiag_src, m->id.idiag_sport);
		return;
	case PEER_ENDPOINT:
		if (is_zero(m->id.idiag_dst))
			break;
		push_endpoint(L, s, m->id.idiag_dst, m->id.idiag_dport);
		return;
	}
	lua_pushnil(L);
}

static void push_record(lua_State *L, const struct diag_socket *s)
{
	int field;

	lua_createtable(L, 0, 16);
	for (field = STATE; field <= PEER_REASON; field++) {
		push_field(L, s, (enum field_id)field);
		if (lua_isnil(L, -1))
			lua_pop(L, 1);
		else
			lua_setfield(L, -2, field_names[field]);
	}
	set_struct(L, "connection", &s->attr[SMC_DIAG_CONNINFO], conninfo_fields,
		   COUNT(conninfo_fields));
	set_link_group(L, &s->attr[SMC_DIAG_LGRINFO]);
	set_struct(L, "dmb", &s->attr[SMC_DIAG_DMBINFO], dmbinfo_fields, COUNT(dmbinfo_fields));
}

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
 * Has the caller's function complete the record on top of the stack, where the kernel
 * does not say the address of a socket that has a port, or which wildcard it is.
 */
static void complete(lua_State *L, const struct smc_diag_msg *m)
{
	if (!is_zero(m->id.idiag_src) || !m->id.idiag_sport)
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
	if (!matches(&s, want))
		return 0;
	if (want->unique && was_seen(&s.msg, want))
		return 0;
	if (!want->count) {
		push_record(L, &s);
		complete(L, &s.msg);
		return 1;
	}
	luaL_checkstack(L, want->count, NULL);
	for (i = 0; i < want->count; i++)
		push_field(L, &s, (enum field_id)want->fields[i]);
	return want->count;
}

static const char *advice(int err)
{
	if (err != ENOENT)
		return NULL;
	return "the kernel's list of them is in the module smc_diag, which is not loaded: run "
	       "\"modprobe smc_diag\" as root; where that fails, this kernel has no SMC";
}

static const struct smc_dump_ops ops = {
	.what = "cannot list the SMC sockets",
	.decode = decode,
	.advice = advice,
	.want_size = sizeof(struct diag_want),
};

/*
 * diag([extensions [, filter [, fields [, complete]]]]) -> iterator, nil, nil, iterator | nil, message, errno
 *
 * complete(record) is called for a record without a local address.
 *
 * Asks the kernel for the SMC sockets of this network namespace, with the
 * attributes that the bits of extensions name: 1 << (SMC_DIAG_… - 1).
 */
int smc_diag_dump(lua_State *L)
{
	struct smc_diag_req req = { .diag_family = AF_SMC };
	struct smc_dump *dump;

	lua_settop(L, 4);
	dump = smc_dump_new(L, &ops);
	lua_pushvalue(L, 4);
	lua_setiuservalue(L, -2, 1);
	read_want(L, 1, (struct diag_want *)dump->want);
	((struct diag_want *)dump->want)->unique = true;
	req.diag_ext = (uint8_t)((struct diag_want *)dump->want)->ext;
	return smc_dump_request(L, dump, NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, &req, sizeof(req));
}

/*
 * decode(datagram [, extensions [, filter [, fields [, complete [, unique]]]]]) -> as diag
 *
 * The same for a datagram that was received before, given as a string.
 */
int smc_diag_decode(lua_State *L)
{
	struct smc_dump *dump;
	const char *bytes;
	size_t size;

	bytes = luaL_checklstring(L, 1, &size);
	lua_settop(L, 6);
	dump = smc_dump_new(L, &ops);
	lua_pushvalue(L, 5);
	lua_setiuservalue(L, -2, 1);
	read_want(L, 2, (struct diag_want *)dump->want);
	((struct diag_want *)dump->want)->unique = lua_toboolean(L, 6);
	return smc_dump_recorded(L, dump, bytes, size);
}
