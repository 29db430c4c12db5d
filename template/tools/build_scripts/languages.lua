-- The languages of code blocks.
--
-- pandoc looks for a language that it does not know in every syntax definition it has, which
-- takes a third of a second and 100 MB for the first. So names are looked up here instead: what
-- is in `known` is highlighted, `aliases` says what else people write, and all other languages
-- are printed without colours. `pandoc --list-highlight-languages` prints the list of names.

local known = {}
for name in ([[
abc actionscript ada agda apache asn1 asp ats awk bash bibtex boo c changelog clojure cmake coffee
coldfusion commonlisp cpp crystal cs css curry d dart debiancontrol diff djangotemplate dockerfile
dosbat dot doxygen doxygenlua dtd eiffel elixir elm email erlang fasm fortranfixed fortranfree
fsharp gap gcc gdscript gleam glsl gnuassembler go gpr graphql groovy hamlet haskell haxe html idris
ini isocpp j java javadoc javascript javascriptreact json jsp julia kotlin latex lex lilypond
literatecurry literatehaskell llvm lua m4 makefile mandoc markdown mathematica matlab maxima
mediawiki metafont mips modelines modula2 modula3 monobasic mustache nasm nim nix noweb objectivec
objectivecpp ocaml octave odin opencl orgmode pascal perl php pike postscript povray powershell
prolog protobuf pure purebasic purescript python qml r racket raku relaxng relaxngcompact rest rhtml
roff ruby rust sass scala scheme sci scss sed sgml sml sql sqlmysql sqlpostgresql stan stata swift
systemverilog tcl tcsh terraform texinfo tlaplus toml typescript typst verilog vhdl xml xorg xslt
xul yacc yaml zig zsh]]):gmatch("%S+") do
  known[name] = name
end

local aliases = {
  ["c#"] = "cs", ["c++"] = "cpp", csharp = "cs", docker = "dockerfile", dotenv = "ini",
  golang = "go", hcl = "terraform", html5 = "html", jinja = "djangotemplate",
  jinja2 = "djangotemplate", js = "javascript", jsonc = "json", jsx = "javascriptreact",
  kt = "kotlin", make = "makefile", md = "markdown", mysql = "sqlmysql", plpgsql = "sqlpostgresql",
  postgres = "sqlpostgresql", postgresql = "sqlpostgresql", proto = "protobuf", ps1 = "powershell",
  py = "python", python3 = "python", rb = "ruby", rs = "rust", rst = "rest", sh = "bash",
  shell = "bash", svg = "xml", tex = "latex", tf = "terraform", ts = "typescript",
  tsx = "typescript", yml = "yaml",
}

--- The name that the highlighter knows a language by, or nil.
return function(language)
  local name = language:lower()
  return known[name] or known[aliases[name]]
end
