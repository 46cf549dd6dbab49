--- The reference as ldoc(1) reads it from the comments of the sources: the same that `make docs` writes.
local reference = {}

--- The public modules, in the order of their names: `name`, `summary`, and `items`, each with `name`,
-- `type`, `summary`, `description`, `params` (`name`, `type`, `optional`, `text`, `options`) and `returns`,
-- groups of `type` and `text`.
function reference.load()
  local ldoc <close> = assert(io.popen(
    "LD_PRELOAD= LUA_PATH='spec/docs/?.lua;;' ldoc -q -c config.ld --filter export.write . 2>&1"))
  local output = ldoc:read "a"
  local text = output:match("%-%-reference%-%-\n(.*)%-%-end%-%-")
  assert(text, output)
  local modules = assert(load("return " .. text, "=ldoc", "t", {}))()
  table.sort(modules, function(a, b) return a.name < b.name end)
  return modules
end

return reference
