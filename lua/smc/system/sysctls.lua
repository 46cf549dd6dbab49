--- The sysctls of SMC, for smc.system: the files in /proc/sys/net/smc.
-- @module smc.system.sysctls

local require = require "smc.internal.load"
local E = require "smc.errno"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"
local paths = require "smc.internal.paths"
local read = require "smc.internal.file".read
local release = require "smc.core.os".release
local text = require "smc.internal.text"

local sysctls = {}

local INT_MAX <const>, UINT_MAX <const> = 0x7fffffff, 0xffffffff
local KIB <const> = 1024

-- From net/smc/smc_sysctl.c: the limits and the defaults of the kernel. A kernel has those for which there is
-- a file; they are in the order in which kernels introduced them.
local SYSCTLS <const> = {
  { name = "autocorking_size", unit = "bytes", min = 0, max = UINT_MAX, default = 64 * KIB,
    meaning = "small sends are combined up to this size while earlier ones are in progress" },
  { name = "smcr_buf_type", min = 0, max = 2, default = 0,
    meaning = "memory of SMC-R buffers: 0 physically contiguous, 1 virtually contiguous, 2 mixed" },
  { name = "smcr_testlink_time", unit = "seconds", min = 0, max = INT_MAX // 1000, default = 30,
    meaning = "silence of an SMC-R link after which it is tested; 0: never" },
  { name = "wmem", unit = "bytes", min = 16 * KIB, max = INT_MAX // 2, default = 64 * KIB,
    meaning = "send buffer of a socket, unless SO_SNDBUF is set" },
  { name = "rmem", unit = "bytes", min = 16 * KIB, max = INT_MAX // 2, default = 64 * KIB,
    meaning = "receive buffer of a socket, unless SO_RCVBUF is set" },
  { name = "smcr_max_links_per_lgr", min = 1, max = 2, default = 2,
    meaning = "links of an SMC-Rv2 link group" },
  { name = "smcr_max_conns_per_lgr", min = 16, max = 255, default = 255,
    meaning = "connections of an SMC-Rv2 link group" },
  { name = "limit_smc_hs", min = 0, max = 1, default = 0,
    meaning = "1: some connections use TCP when many handshakes arrive at once", is_limitation = true },
  { name = "smcr_max_send_wr", min = 2, max = 2048, default = 16,
    meaning = "work requests in the send queue of an SMC-R link" },
  { name = "smcr_max_recv_wr", min = 2, max = 2048, default = 48,
    meaning = "work requests in the receive queue of an SMC-R link" },
  { name = "hs_ctrl", text = true, longest = 15,
    meaning = "name of the BPF program that decides on handshakes; empty: none" },
}


local by_name = {}
for _, one in ipairs(SYSCTLS) do by_name[one.name] = one end

-- What is known about a sysctl; only its name for one that a vendor's kernel added.
local function about(name)
  return by_name[name] or { name = name, is_unknown = true }
end

local function folder()
  return paths.proc .. "/sys/net/smc"
end

local function path_of(name)
  return folder() .. "/" .. name
end

-- Whether handshakes are limited; nil if netlink does not say so.
local function is_limited()
  local answers = netlink.hs_limitation()
  return answers and (answers[1] or {}).enabled == true
end

-- The kernel keeps limit_smc_hs in one byte, and its file has four: on big-endian machines that is 0x1000000,
-- or 1 where somebody wrote it without effect. Netlink has the byte.
local function limitation(number)
  local limited = number ~= 0 and is_limited()
  if limited == nil then return number end
  return limited and 1 or 0
end

local function entry_of(one, content)
  local entry = { name = one.name, unit = one.unit, min = one.min, max = one.max, default = one.default,
    meaning = one.meaning }
  local value = content:match("^%s*(.-)%s*$")
  local number = math.tointeger(tonumber(value))
  entry.value = one.text and value or number
  if one.is_unknown then entry.value = number or value end
  if one.is_limitation and number then entry.value = limitation(number) end
  return entry
end

-- Raises a failure: this kernel does not have the sysctl, or has no net.smc sysctls.
local function absent(name)
  if name and look.file(path_of "wmem") then
    look.fail(("this kernel (%s) has no sysctl net.smc.%s"):format(release(), name), E.ENOENT)
  end
  look.fail("there are no net.smc sysctls: " .. require "smc.internal.kernel_module".no_sysctls(), E.ENOENT)
end

-- The content of a file that is not in `SYSCTLS`; nil if it is a directory or no longer exists.
local function unknown_file(path)
  local content, message, errno = read(path)
  if not content and errno ~= E.EISDIR and not look.is_absent(errno) then look.fail(message, errno) end
  return content
end

--- The sysctls of this kernel: those that are known in the order of `SYSCTLS`, then those of a vendor.
sysctls.list = look.protect(function()
  local found = {}
  local function add(one, content)
    if content then found[#found + 1] = entry_of(one, content) end
  end
  for _, one in ipairs(SYSCTLS) do add(one, look.file(path_of(one.name))) end
  for _, name in ipairs(look.entries(folder())) do
    if not by_name[name] then add(about(name), unknown_file(path_of(name))) end
  end
  if #found == 0 then absent() end
  return found
end)

--- Reads a sysctl.
-- @tparam string name
-- @function sysctls.get
sysctls.get = look.protect(function(name)
  local content = look.file(path_of(name))
  if not content then absent(name) end
  return entry_of(about(name), content)
end)

--- The kind of values of a sysctl: text, an integer, or either.
-- @tparam string name
-- @treturn string as `smc.internal.args` has it
function sysctls.kind_of(name)
  local one = about(name)
  return one.is_unknown and "integer or text" or one.text and "text" or "integer"
end

local refusals = {
  [E.EACCES] = "root privileges are required",
  [E.EPERM] = "root privileges are required",
  [E.EROFS] = "/proc/sys is read-only, as in containers: set it on the host",
}
local refusals_of_text = {
  [E.EINVAL] = "no BPF program (struct_ops smc_hs_ctrl) of this name is registered: load it first, for "
    .. "example with \"bpftool struct_ops register FILE\"",
  [E.EBUSY] = "the BPF program of this name is being removed: register it again, or try later",
}

-- Writes a value to the kernel. The newline at its end is required for an empty value to be written.
local function write(one, value)
  local ok
  local file <close>, message, errno = io.open(path_of(one.name), "w")
  ok = file
  if ok then ok, message, errno = file:write(value, "\n") end
  if ok then ok, message, errno = file:flush() end
  if ok then return true end
  local advice = refusals[errno] or one.text and refusals_of_text[errno]
  return nil, ("cannot set net.smc.%s to %s: %s%s"):format(one.name,
    type(value) == "string" and text.quoted(value) or value, message, advice and ": " .. advice or ""), errno
end

-- Why the kernel does not accept a value; nil if it may accept it.
local function fault_of(one, value)
  if one.min and (value < one.min or value > one.max) then
    return ("net.smc.%s accepts %d to %d%s, not %d"):format(one.name, one.min, one.max,
      one.unit and " " .. one.unit or "", value)
  elseif one.longest and #value > one.longest then
    return ("net.smc.%s accepts names of at most %d bytes, not %s"):format(one.name, one.longest,
      text.quoted(value))
  elseif type(value) == "string" and value:find("[%c]") then
    return ("net.smc.%s accepts one line of text, not %s"):format(one.name, text.quoted(value))
  end
  return nil
end

--- Sets a sysctl.
-- @tparam string name
-- @tparam integer|string value of the kind of `kind_of`
function sysctls.set(name, value)
  local one = about(name)
  local fault = fault_of(one, value)
  if fault then return nil, fault, E.EINVAL end
  local now, message, errno = sysctls.get(name)
  if not now then return nil, message, errno end
  local ok
  ok, message, errno = write(one, value)
  if not ok then return nil, message, errno end
  if not one.is_limitation or is_limited() ~= (value == 0) then return true end
  if value == 0 then return netlink.hs_limitation_disable() end
  return netlink.hs_limitation_enable()
end

return sysctls
