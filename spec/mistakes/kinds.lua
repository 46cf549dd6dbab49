--- Kinds of arguments: what is wrong for each, for spec/unit/mistakes_spec.lua.

local kinds = {}

local NAN <const> = 0 / 0

local endless <const> = {} -- a table that contains itself
endless[1] = endless

-- What is wrong for an argument of a kind. Functions in C take numbers for strings, and the other way round.
local WRONG <const> = {
  string = { 7, true, {} },
  integer = { "x", 1.5, NAN, {}, true },
  number = { "x", NAN, {}, true },
  seconds = { "x", -1, NAN, {}, true },
  boolean = { 1, "yes", {} },
  switch_or_seconds = { "x", -1, NAN, {} },
  table = { 7, "x", true },
  -- Of names: another thing among them, a hole after them, and an option that belongs elsewhere.
  list = { 7, "x", true, { {} }, { [3] = "x" }, { stdin = "null" }, { [1.5] = "x" } },
  ["function"] = { 7, "x", {} },
  name = { "nonsense", 7, true, {}, "" }, -- one of a list
  file = { "no/name", 7, true, {}, "" }, -- the name of a file
  identifier = { 1.5, NAN, true }, -- an integer or a string
  object = { 7, "x", true, {} },
  details = { 7, "x", { "bogus" }, { 1 }, { "dmb", dmb = true }, { [2] = "dmb" } },
  json = { print, { print }, { a = io.stdout }, endless },
  letter = { "nonsense", true, {} }, -- the first letters of a string count
  signal = { "nonsense", "", 1.5, -1, 65, math.maxinteger, true, {} },
  counters = { 7, "x", true, {}, { fallback = {} }, { fallback = { client = 0, server = 0 } },
    { fallback = { client = 0, server = 0, reasons = {} }, seconds = "z" } },
  port_index = { "x", 1.5, -1, {}, true },
  code = { 1.5, NAN, true, {}, -1, 1 << 32 },
  bytes = { 7, true, {} },
  c_string = { true, {} },
  c_data = { true, {} },
  c_integer = { "x", 1.5, {}, true },
  c_number = { "x", {}, true },
  c_seconds = { "x", NAN, {}, true },
  c_boolean = { 7, "x", {} },
  c_port = { {}, true },
}

kinds.wrong = WRONG

--- An argument that is needed: a value that does no harm, and its kind.
function kinds.need(valid, kind)
  return { valid = valid, wrong = WRONG[kind], kind = kind, needed = true }
end

--- An argument that may be left out.
function kinds.may(valid, kind)
  return { valid = valid, wrong = WRONG[kind], kind = kind }
end

--- A table of options, their kinds by their names.
function kinds.options(options)
  return { valid = {}, wrong = WRONG.table, kind = "table", options = options }
end

return kinds
