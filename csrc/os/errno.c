// SPDX-License-Identifier: MIT
/* Error numbers by their names, since the numbers differ between architectures: errno(3). */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "os.h"

/* clang-format off */
#define E(name) { #name, name }
/* clang-format on */

/* If a number has several names, the last one in this list is returned for it. */
/* clang-format off */
static const struct {
	const char *name;
	int number;
} errors[] = {
	E(EWOULDBLOCK), E(EDEADLOCK), E(ENOTSUP),
	E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(ENOEXEC), E(EBADF),
	E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST),
	E(EXDEV), E(ENODEV), E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY),
	E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK), E(EPIPE), E(EDOM),
	E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK), E(ENOSYS), E(ENOTEMPTY), E(ELOOP),
	E(ENOMSG), E(EIDRM), E(ECHRNG), E(EL2NSYNC), E(EL3HLT), E(EL3RST), E(ELNRNG), E(EUNATCH),
	E(ENOCSI), E(EL2HLT), E(EBADE), E(EBADR), E(EXFULL), E(ENOANO), E(EBADRQC), E(EBADSLT),
	E(EBFONT), E(ENOSTR), E(ENODATA), E(ETIME), E(ENOSR), E(ENONET), E(ENOPKG), E(EREMOTE),
	E(ENOLINK), E(EADV), E(ESRMNT), E(ECOMM), E(EPROTO), E(EMULTIHOP), E(EDOTDOT), E(EBADMSG),
	E(EOVERFLOW), E(ENOTUNIQ), E(EBADFD), E(EREMCHG), E(ELIBACC), E(ELIBBAD), E(ELIBSCN),
	E(ELIBMAX), E(ELIBEXEC), E(EILSEQ), E(ERESTART), E(ESTRPIPE), E(EUSERS), E(ENOTSOCK),
	E(EDESTADDRREQ), E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT),
	E(ESOCKTNOSUPPORT), E(EOPNOTSUPP), E(EPFNOSUPPORT), E(EAFNOSUPPORT), E(EADDRINUSE),
	E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH), E(ENETRESET), E(ECONNABORTED),
	E(ECONNRESET), E(ENOBUFS), E(EISCONN), E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS),
	E(ETIMEDOUT), E(ECONNREFUSED), E(EHOSTDOWN), E(EHOSTUNREACH), E(EALREADY), E(EINPROGRESS),
	E(ESTALE), E(EUCLEAN), E(ENOTNAM), E(ENAVAIL), E(EISNAM), E(EREMOTEIO), E(EDQUOT),
	E(ENOMEDIUM), E(EMEDIUMTYPE), E(ECANCELED), E(ENOKEY), E(EKEYEXPIRED), E(EKEYREVOKED),
	E(EKEYREJECTED), E(EOWNERDEAD), E(ENOTRECOVERABLE), E(ERFKILL), E(EHWPOISON),
};
/* clang-format on */

/* errors() -> { ENOENT = 2, … }, { [2] = "ENOENT", … } */
static int os_errors(lua_State *L)
{
	const int count = (int)(sizeof(errors) / sizeof(errors[0]));
	int i;

	lua_createtable(L, 0, count);
	lua_createtable(L, count, 0);
	for (i = 0; i < count; i++) {
		lua_pushinteger(L, errors[i].number);
		lua_setfield(L, -3, errors[i].name);
		lua_pushstring(L, errors[i].name);
		lua_rawseti(L, -2, errors[i].number);
	}
	return 2;
}

/* strerror(number) -> text: strerror(3) */
static int os_strerror(lua_State *L)
{
	lua_Integer number = luaL_checkinteger(L, 1);

	if (number < INT_MIN || number > INT_MAX)
		lua_pushfstring(L, "Unknown error %I", (LUAI_UACINT)number);
	else
		lua_pushstring(L, strerror((int)number));
	return 1;
}

const luaL_Reg smc_os_errno[] = {
	{ "errors", os_errors },
	{ "strerror", os_strerror },
	{ NULL, NULL },
};
