--- Prints the types for the Lua language server, for `make meta`.
package.path = "spec/docs/?.lua;" .. package.path

io.write(require "types".text(require "reference".load()))
