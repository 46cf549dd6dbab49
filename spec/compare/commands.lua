--- The command lines that are compared. What only asks is run in every state; what is wrong, or changes
-- something, where the state says so.

local commands = {}

--- Command lines of one tool.
-- @tparam string tool
-- @tparam string lines with commas between them
function commands.each(tool, lines)
  local list = {}
  for line in (lines .. ","):gmatch("%s*(.-)%s*,") do
    local words = {}
    for word in line:gmatch("%S+") do words[#words + 1] = word end
    list[#list + 1] = { tool = tool, line = table.concat(words, " "), words = words }
  end
  return list
end

--- Lists of command lines as one.
function commands.join(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

-- smcss: every option, and those that can be together.
commands.sockets = commands.each("smcss", [[
  , -a, -l, -d, -W, -D, -R, -aW, -lW, -ad, -aD, -aR, -dD, -dR, -adW, -aDW, -adDW, -adRW, --all --wide,
  --listening, --smcd --debug, --smcr]])

commands.smcd = commands.each("smcd", [[
  info, info show, -d info, linkgroup, linkgroup show, linkgroup all, -d linkgroup,
  -details linkgroup show all, linkgroup 1, linkgroup ffffffff, l s, device, device show, device all,
  -d device, -a stats, -ad stats, -absolute stats show, -a stats json, ueid, ueid show,
  seid, seid show, i, d, u, se, -- info]])

commands.smcr = commands.each("smcr", [[
  info, linkgroup, linkgroup all, -d linkgroup, linkgroup link-show, -d linkgroup link-show,
  -dd linkgroup link-show, -dd linkgroup link-show all, linkgroup link-show netdev eth0,
  linkgroup link-show ibdev rxe0, linkgroup link-show netdev nosuch, linkgroup ffffffff, device,
  -d device, device show all, device netdev eth0, device ibdev rxe0, device netdev nosuch,
  device ibdev nosuch, -d device netdev eth0, -a stats, -ad stats, -a stats json, ueid]])

commands.table = commands.each("smc_pnet", [[
  , -s NETA, --show NETB, -s LAB, -s NOSUCH]])

commands.reads = commands.join(commands.sockets, commands.smcd, commands.smcr, commands.table)

commands.misuses = commands.join(
  commands.each("smcss", [[
  -h, --help, -v, -x, --foo, --al, --s, -lD, -la, -ld, -lR, -DR, -a foo, --all=1, -- -x, -a -x, -]]),
  commands.each("smcd", [[
  , help, -h, -help, --help, -v, -x, foo, foo bar, info foo, info show foo, linkgroup foo bar,
  linkgroup help, linkgroup xyz, linkgroup 1 2, device foo, device help, stats foo, stats show foo,
  ueid foo, ueid add, ueid del, ueid add A B, ueid help, seid foo, seid help, ueid add lower,
  ueid add A_B, ueid add A..B, ueid add .A, ueid del A..B, -d,
  ueid add ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456, ueid del ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456, -ad,
  ueid flush A, seid enable now]]),
  commands.each("smcr", [[
  , help, -h, -v, -x, foo, info foo, linkgroup foo bar, linkgroup help, linkgroup link-show foo bar baz,
  device foo, device help, stats foo, seid, seid enable, ueid foo]]),
  commands.each("smc_pnet", [[
  -h, --help, -v, -x, --foo, NETA, -a -d NETA, -f NETA, -a NETA, -a NETA -I lo extra,
  -a NETA -I lo -P 3, -a NETA -D x -P x, -s NOSUCH -I lo, -s NOSUCH -D x -P 1, -I, -f -a, -d NOSUCH,
  -a A-B -I lo, -a ABCDEFGHIJKLMNOPQ -I lo]]))

-- What changes something; here it is run by who may not.
commands.refused = commands.join(
  commands.each("smcd", [[
  ueid add SMCV2-X, ueid del SMCV2-LAB, ueid flush, seid enable, seid disable]]),
  commands.each("smc_pnet", [[
  -a NETX -I lo, -a NETX -D nosuch_0, -a NETX -I lo -D nosuch_0 -P 2, -d NETA, -f]]))

-- One after the other: each counts from what the one before it left.
commands.reset = commands.join(
  commands.each("smcd", [[
  stats, stats reset, stats, -d stats, stats json, -a stats]]),
  commands.each("smcr", [[
  stats, -d stats, stats reset, stats, stats json]]))

--- What only asks, and the link groups that there are, by their numbers.
-- @tparam string tool
-- @tparam string technology `"SMC-D"` or `"SMC-R"`
-- @tparam string lines with commas between them, and a format of the number in each
function commands.reads_with_groups(tool, technology, lines)
  local all = commands.reads
  for _, group in ipairs(assert(require "smc.linkgroup".list { type = technology })) do
    all = commands.join(all, commands.each(tool, (lines:gsub("%%%w+", function(form)
      return form:format(group.id)
    end))))
  end
  assert(#all > #commands.reads, "there is no link group")
  return all
end

return commands
