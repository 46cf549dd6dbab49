// SPDX-License-Identifier: MIT
/* The sockets of smc_diag as Lua values: records, or single fields of them. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "smc_diag.h"

const struct smc_state_name smc_states[SMC_STATES] = {
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

const char *const smc_field_names[] = {
	"state",         "uid",      "inode",         "interface",          "cookie",
	"mode",          "family",   "local_address", "local_port",         "peer_address",
	"peer_port",     "shutdown", "fallback_code", "peer_fallback_code", "local_endpoint",
	"peer_endpoint", NULL,
};

static const char *const shutdown_names[] = { "none", "receive", "send", "both" };

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

struct field {
	const char *name;
	uint16_t offset;
	uint8_t size; /* bytes of an integer, or CURSOR */
};

#define CURSOR 0
/* clang-format off */
#define FIELD(type, member) { #member, offsetof(type, member), sizeof(((type *)0)->member) }
#define CURSOR_FIELD(type, member) { #member, offsetof(type, member), CURSOR }
/* clang-format on */

static const struct field conninfo_fields[] = {
	FIELD(struct smc_diag_conninfo, token),          FIELD(struct smc_diag_conninfo, sndbuf_size),
	FIELD(struct smc_diag_conninfo, rmbe_size),      FIELD(struct smc_diag_conninfo, peer_rmbe_size),
	CURSOR_FIELD(struct smc_diag_conninfo, rx_prod), CURSOR_FIELD(struct smc_diag_conninfo, rx_cons),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_prod), CURSOR_FIELD(struct smc_diag_conninfo, tx_cons),
	FIELD(struct smc_diag_conninfo, rx_prod_flags),  FIELD(struct smc_diag_conninfo, rx_conn_state_flags),
	FIELD(struct smc_diag_conninfo, tx_prod_flags),  FIELD(struct smc_diag_conninfo, tx_conn_state_flags),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_prep), CURSOR_FIELD(struct smc_diag_conninfo, tx_sent),
	CURSOR_FIELD(struct smc_diag_conninfo, tx_fin),
};

static const struct field dmbinfo_fields[] = {
	FIELD(struct dmbinfo, linkid),     FIELD(struct dmbinfo, peer_gid),
	FIELD(struct dmbinfo, gid),        FIELD(struct dmbinfo, token),
	FIELD(struct dmbinfo, peer_token), FIELD(struct dmbinfo, peer_gid_ext),
	FIELD(struct dmbinfo, gid_ext),
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
static void set_array(lua_State *L, const char *key, const struct attr *attr, size_t offset, size_t size)
{
	const char *p = (const char *)attr->data + offset;

	if (offset + size > attr->len)
		return;
	lua_pushlstring(L, p, strnlen(p, size));
	lua_setfield(L, -2, key);
}

/* Sets key to a table of the fields that the kernel's struct is long enough for. */
static void set_struct(lua_State *L, const char *key, const struct attr *attr, const struct field *fields,
		       int count)
{
	const struct field *f;
	lua_Integer value, wrap;

	if (!attr->len)
		return;
	lua_createtable(L, 0, count);
	for (f = fields; f < fields + count; f++) {
		if (f->size != CURSOR) {
			if (smc_attr_integer(attr, f->offset, f->size, &value))
				set_integer(L, f->name, value);
			continue;
		}
		if (!smc_attr_integer(attr, f->offset + offsetof(struct smc_diag_cursor, wrap), 2, &wrap) ||
		    !smc_attr_integer(attr, f->offset + offsetof(struct smc_diag_cursor, count), 4, &value))
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
	if (smc_attr_integer(attr, offsetof(struct smc_diag_lgrinfo, role), 1, &value))
		set_string(L, "role", value ? "server" : "client");
	lua_createtable(L, 1, 0);
	lua_createtable(L, 0, 5);
#define LINK(member)                                      \
	offsetof(struct smc_diag_lgrinfo, lnk[0].member), \
		sizeof(((struct smc_diag_lgrinfo *)0)->lnk[0].member)
	if (smc_attr_integer(attr, LINK(link_id), &value))
		set_integer(L, "link_id", value);
	if (smc_attr_integer(attr, LINK(ibport), &value))
		set_integer(L, "ibport", value);
	set_array(L, "ibdev", attr, LINK(ibname));
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

	for (i = 0; i < COUNT(smc_states); i++) {
		if (smc_states[i].number == number) {
			lua_pushstring(L, smc_states[i].name);
			return;
		}
	}
	snprintf(text, sizeof(text), "%#x?", number);
	lua_pushstring(L, text);
}

static bool fallback_code(const struct diag_socket *s, enum field_id which, lua_Integer *code)
{
	const struct attr *attr = &s->attr[SMC_DIAG_FALLBACK];

	if (which == FALLBACK_CODE)
		return s->mode == smc_mode_tcp &&
		       smc_attr_integer(attr, offsetof(struct smc_diag_fallback, reason), 4, code);
	return smc_attr_integer(attr, offsetof(struct smc_diag_fallback, peer_diagnosis), 4, code) && *code;
}

/* "127.0.0.1:12223", "[::1]"'s without brackets as smcss(8) has it: "::1:12223" */
static void push_endpoint(lua_State *L, const struct diag_socket *s, const __be32 address[4], __be16 port)
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
void smc_diag_push_field(lua_State *L, const struct diag_socket *s, enum field_id field)
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
		if (!smc_attr_integer(&s->attr[SMC_DIAG_SHUTDOWN], 0, 1, &value))
			break;
		lua_pushstring(L, shutdown_names[value & 3]);
		return;
	case FALLBACK_CODE:
	case PEER_FALLBACK_CODE:
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

void smc_diag_push_record(lua_State *L, const struct diag_socket *s)
{
	int field;

	lua_createtable(L, 0, 16);
	for (field = STATE; field <= PEER_FALLBACK_CODE; field++) {
		smc_diag_push_field(L, s, (enum field_id)field);
		if (lua_isnil(L, -1))
			lua_pop(L, 1);
		else
			lua_setfield(L, -2, smc_field_names[field]);
	}
	set_struct(L, "connection", &s->attr[SMC_DIAG_CONNINFO], conninfo_fields, COUNT(conninfo_fields));
	set_link_group(L, &s->attr[SMC_DIAG_LGRINFO]);
	set_struct(L, "dmb", &s->attr[SMC_DIAG_DMBINFO], dmbinfo_fields, COUNT(dmbinfo_fields));
}
