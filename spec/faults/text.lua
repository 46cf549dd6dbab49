-- Values as text, to compare them. Floats are times: any is as good as another.

local function text(value)
  if type(value) ~= "table" then return math.type(value) == "float" and "float" or tostring(value) end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do parts[i] = ("%s=%s"):format(key, text(value[key])) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

return text
