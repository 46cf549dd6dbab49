-- LUAROCKS_CONFIG=spec/rock/debian.lua tells luarocks that Debian's packages lua-dkjson and lua-argparse are
-- installed, which it does not see. (--deps-mode=none is no way out: luarocks 3.8 then leaves its tree out of
-- the paths of the scripts that it installs.)
-- luacheck: globals rocks_provided
rocks_provided = { dkjson = "2.6-1", argparse = "0.7.1-1" }
