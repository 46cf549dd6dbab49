// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "smc_diag_record.h"

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

/* Formats IPv4 itself: with thousands of sockets, inet_ntop took a third of the time. */
static const char *format_address(const struct smc_diag_socket *s, const __be32 address[4],
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
	FIELD(struct smc_diag_dmbinfo_ext, linkid),     FIELD(struct smc_diag_dmbinfo_ext, peer_gid),
	FIELD(struct smc_diag_dmbinfo_ext, gid),        FIELD(struct smc_diag_dmbinfo_ext, token),
	FIELD(struct smc_diag_dmbinfo_ext, peer_token), FIELD(struct smc_diag_dmbinfo_ext, peer_gid_ext),
	FIELD(struct smc_diag_dmbinfo_ext, gid_ext),
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

/* Pushes a string of the kernel, which has no NUL if it fills its array. */
static void set_array(lua_State *L, const char *key, const struct smc_diag_attr *attr, size_t offset,
		      size_t size)
{
	const char *p = (const char *)attr->data + offset;

	if (offset + size > attr->size)
		return;
	lua_pushlstring(L, p, strnlen(p, size));
	lua_setfield(L, -2, key);
}

/* Sets key to a table of the fields that the kernel's struct is long enough for. */
static void set_struct(lua_State *L, const char *key, const struct smc_diag_attr *attr,
		       const struct field *fields, int count)
{
	const struct field *f;
	lua_Integer value, wrap;

	if (!attr->size)
		return;
	lua_createtable(L, 0, count);
	for (f = fields; f < fields + count; f++) {
		if (f->size != CURSOR) {
			if (smc_diag_integer(attr, f->offset, f->size, &value))
				set_integer(L, f->name, value);
			continue;
		}
		if (!smc_diag_integer(attr, f->offset + offsetof(struct smc_diag_cursor, wrap), 2, &wrap) ||
		    !smc_diag_integer(attr, f->offset + offsetof(struct smc_diag_cursor, count), 4, &value))
			continue;
		lua_createtable(L, 0, 2);
		set_integer(L, "wrap", wrap);
		set_integer(L, "count", value);
		lua_setfield(L, -2, f->name);
	}
	lua_setfield(L, -2, key);
}

static void set_link_group(lua_State *L, const struct smc_diag_attr *attr)
{
	lua_Integer value;

	if (!attr->size)
		return;
	lua_createtable(L, 0, 2);
	if (smc_diag_integer(attr, offsetof(struct smc_diag_lgrinfo, role), 1, &value))
		set_string(L, "role", value ? "server" : "client");
	lua_createtable(L, 1, 0);
	lua_createtable(L, 0, 5);
#define LINK(member)                                      \
	offsetof(struct smc_diag_lgrinfo, lnk[0].member), \
		sizeof(((struct smc_diag_lgrinfo *)0)->lnk[0].member)
	if (smc_diag_integer(attr, LINK(link_id), &value))
		set_integer(L, "link_id", value);
	if (smc_diag_integer(attr, LINK(ibport), &value))
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
	const char *name = smc_diag_state_name(number);
	char text[sizeof("0xff?")];

	if (!name) {
		snprintf(text, sizeof(text), "%#x?", number);
		name = text;
	}
	lua_pushstring(L, name);
}

static void push_family(lua_State *L, int family)
{
	if (family == AF_UNSPEC)
		lua_pushnil(L);
	else
		lua_pushstring(L, family == AF_INET ? "inet" : "inet6");
}

static void push_address(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_side side)
{
	const __be32 *address = smc_diag_address(s, side);
	char text[INET6_ADDRSTRLEN];

	lua_pushstring(L, address ? format_address(s, address, text) : NULL);
}

static void push_port(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_side side)
{
	unsigned int port = ntohs(smc_diag_port(s, side));

	if (port)
		lua_pushinteger(L, port);
	else
		lua_pushnil(L);
}

/* "127.0.0.1:12223", "[::1]"'s without brackets as smcss(8) has it: "::1:12223" */
static void push_endpoint(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_side side)
{
	const __be32 *address = smc_diag_address(s, side);
	char text[INET6_ADDRSTRLEN + sizeof(":65535")], digits[8];
	unsigned int port = ntohs(smc_diag_port(s, side));
	char *p, *d = digits + sizeof(digits);

	if (!address) {
		lua_pushnil(L);
		return;
	}
	format_address(s, address, text);
	p = text + strlen(text);
	*p++ = ':';
	do
		*--d = (char)('0' + port % 10);
	while (port /= 10);
	memcpy(p, d, (size_t)(digits + sizeof(digits) - d));
	lua_pushlstring(L, text, (size_t)(p - text + (digits + sizeof(digits) - d)));
}

static void push_shutdown(lua_State *L, const struct smc_diag_socket *s)
{
	lua_Integer mask;

	if (smc_diag_integer(&s->attrs[SMC_DIAG_SHUTDOWN], 0, 1, &mask))
		lua_pushstring(L, shutdown_names[mask & 3]);
	else
		lua_pushnil(L);
}

/* Pushes the code of a fallback reason; the attribute has 0 if that side has none. */
static void push_fallback_code(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_side side)
{
	const struct smc_diag_attr *attr = &s->attrs[SMC_DIAG_FALLBACK];
	size_t offset = side == LOCAL ? offsetof(struct smc_diag_fallback, reason)
				      : offsetof(struct smc_diag_fallback, peer_diagnosis);
	lua_Integer code;

	if (smc_diag_integer(attr, offset, sizeof(uint32_t), &code) &&
	    (side == LOCAL ? s->mode == MODE_TCP : code))
		lua_pushinteger(L, code);
	else
		lua_pushnil(L);
}

void smc_diag_push_field(lua_State *L, const struct smc_diag_socket *s, enum smc_diag_field field)
{
	switch (field) {
	case STATE:
		push_state(L, s->msg.diag_state);
		return;
	case UID:
		lua_pushinteger(L, s->msg.diag_uid);
		return;
	case INODE:
		lua_pushinteger(L, (lua_Integer)s->msg.diag_inode);
		return;
	case INTERFACE:
		lua_pushinteger(L, s->msg.id.idiag_if);
		return;
	case COOKIE:
		lua_pushinteger(L, (lua_Integer)smc_diag_cookie(s));
		return;
	case MODE:
		lua_pushstring(L, smc_diag_mode_names[s->mode]);
		return;
	case FAMILY:
		push_family(L, s->family);
		return;
	case LOCAL_ADDRESS:
	case PEER_ADDRESS:
		push_address(L, s, field == LOCAL_ADDRESS ? LOCAL : PEER);
		return;
	case LOCAL_PORT:
	case PEER_PORT:
		push_port(L, s, field == LOCAL_PORT ? LOCAL : PEER);
		return;
	case SHUTDOWN:
		push_shutdown(L, s);
		return;
	case FALLBACK_CODE:
	case PEER_FALLBACK_CODE:
		push_fallback_code(L, s, field == FALLBACK_CODE ? LOCAL : PEER);
		return;
	case LOCAL_ENDPOINT:
	case PEER_ENDPOINT:
		push_endpoint(L, s, field == LOCAL_ENDPOINT ? LOCAL : PEER);
		return;
	case FIELDS: /* the number of them */
		break;
	}
	lua_pushnil(L);
}

void smc_diag_push_record(lua_State *L, const struct smc_diag_socket *s)
{
	int field;

	lua_createtable(L, 0, 16);
	for (field = STATE; field <= PEER_FALLBACK_CODE; field++) {
		smc_diag_push_field(L, s, (enum smc_diag_field)field);
		if (lua_isnil(L, -1))
			lua_pop(L, 1);
		else
			lua_setfield(L, -2, smc_diag_field_names[field]);
	}
	set_struct(L, "connection", &s->attrs[SMC_DIAG_CONNINFO], conninfo_fields, COUNT(conninfo_fields));
	set_link_group(L, &s->attrs[SMC_DIAG_LGRINFO]);
	set_struct(L, "dmb", &s->attrs[SMC_DIAG_DMBINFO], dmbinfo_fields, COUNT(dmbinfo_fields));
}
