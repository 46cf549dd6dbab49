--- Commands and files, for the runner of mutants.
local shell = {}

function shell.quoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

--- Whether a command ends with 0. Its words are quoted.
function shell.run(command, ...)
  local words = { ... }
  for i, word in ipairs(words) do words[i] = shell.quoted(tostring(word)) end
  return (os.execute(command:format(table.unpack(words))))
end

function shell.read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

function shell.write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

--- A text's hash: FNV-1a with 64 bits, in hexadecimal.
function shell.hash(text)
  local value = 0xcbf29ce484222325
  for i = 1, #text do value = (value ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(value)
end

return shell
