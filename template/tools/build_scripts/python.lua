-- Python in colours, as pandoc gives it, in a twentieth of its time. Most listings of a book are
-- Python, and pandoc takes as long to colour them as to write all of the text.
--
-- Usage: python(text) returns the text as HTML, or nothing: what is not known here to come out as
-- pandoc would have it, such as raw strings and `match`, is left to pandoc. The rules are those of
-- the syntax definition for Python that pandoc has from KDE's editors; a test compares both.
--
-- A line ends every token, and begins it anew. A string that begins a line is documentation, unless
-- it is in brackets.

local lpeg = require "lpeg"
local Cs, P, R, S, V = lpeg.Cs, lpeg.P, lpeg.R, lpeg.S, lpeg.V

local END = "</span>"
local ESCAPES = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"}

local function begin(kind) return ('<span class="%s">'):format(kind) end
local function wrapped(kind, text) return begin(kind) .. text .. END end

--- A token of a kind.
local function token(kind, pattern) return Cs(pattern) / wrapped(kind, "%1") end

--- A token of another kind within one, as an escape is in a string.
local function within(outer, kind, pattern)
  return Cs(pattern) / (END .. wrapped(kind, "%1") .. begin(outer))
end

--- Text that is not in the code.
local function put(text) return P "" / text end

local newline = P "\n"
local special = S("&<>\"'") / ESCAPES
local other = special + 1 - newline
local space = S " \t"
local digit = R "09"
local letter = R("az", "AZ") + "_"
local in_word = letter + digit
-- Where a word is followed by one of these, pandoc does not see its end.
local word_end = -(in_word + S "'\"#@$" + R "\128\255")

-- Words -------------------------------------------------------------------------------------

local WORDS = {
  bu = [[
    __import__ abs aiter all anext any apply ascii basestring bin bool breakpoint buffer bytearray
    bytes callable chr classmethod cmp coerce compile complex delattr dict dir divmod enumerate
    eval exec execfile file filter float format frozenset getattr globals hasattr hash help hex id
    input int intern isinstance issubclass iter len list locals long map max memoryview min next
    object oct open ord pow print property range raw_input reduce reload repr reversed round set
    setattr slice sorted staticmethod str sum super tuple type unichr unicode vars xrange zip
  ]],
  cf = [[
    assert async await break continue elif else except finally for if pass raise return try while
    with yield
  ]],
  ex = "SIGNAL SLOT connect",
  fu = [[
    __abs__ __add__ __aenter__ __aexit__ __aiter__ __and__ __anext__ __await__ __bool__ __buffer__
    __bytes__ __call__ __ceil__ __class_getitem__ __cmp__ __coerce__ __complex__ __contains__
    __del__ __delattr__ __delete__ __delitem__ __delslice__ __dir__ __div__ __divmod__ __enter__
    __eq__ __exit__ __float__ __floor__ __floordiv__ __format__ __ge__ __get__ __getattr__
    __getattribute__ __getitem__ __getslice__ __gt__ __hash__ __hex__ __iadd__ __iand__ __idiv__
    __ifloordiv__ __ilshift__ __imatmul__ __imod__ __imul__ __index__ __init__ __init_subclass__
    __instancecheck__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__
    __itruediv__ __ixor__ __le__ __len__ __length_hint__ __long__ __lshift__ __lt__ __match_args__
    __matmul__ __missing__ __mod__ __mul__ __ne__ __neg__ __new__ __next__ __nonzero__ __oct__
    __or__ __pos__ __pow__ __prepare__ __radd__ __rand__ __rcmp__ __rdiv__ __rdivmod__
    __release_buffer__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__ __rmod__
    __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__
    __set__ __set_name__ __setattr__ __setitem__ __setslice__ __str__ __sub__ __subclasscheck__
    __truediv__ __trunc__ __unicode__ __xor__
  ]],
  im = "as from import",
  kw = "and class def del global in is lambda nonlocal not or",
  pp = [[
    ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning
    EnvironmentError Exception FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError
    NameError NotADirectoryError NotImplementedError OSError OverflowError
    PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError
    ResourceWarning RuntimeError RuntimeWarning StandardError StopAsyncIteration StopIteration
    SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError
    UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning WindowsError ZeroDivisionError
  ]],
  va = [[
    Ellipsis False None NotImplemented True __all__ __class__ __debug__ __file__ __name__
    __qualname__ __slots__ self
  ]],
}

local in_colour = {}
for kind, words in pairs(WORDS) do
  for word in words:gmatch("%S+") do in_colour[word] = wrapped(kind, word) end
end

local word = letter * in_word ^ 0 / in_colour * word_end
-- `from` is an import elsewhere.
local yield_from = P "yield" / wrapped("cf", "yield") * space ^ 1
  * (P "from" / wrapped("cf", "from")) * word_end

-- Numbers -----------------------------------------------------------------------------------

local digits = digit * (P "_" ^ -1 * digit) ^ 0
local exponent = S "eE" * S "+-" ^ -1 * digits
local function based(sign, digit_of_base) return S(sign) * (P "_" ^ -1 * digit_of_base) ^ 1 end
local hex = R("09", "af", "AF")

local number = (
  token("bn", P "0" * (based("xX", hex) + based("bB", S "01") + based("oO", R "07")))
  + token("fl", digits * (P "." * digits ^ -1 * exponent ^ -1 + exponent))
  + token("dv", R "19" * (P "_" ^ -1 * digit) ^ 0 + P "0" * (P "_" ^ -1 * "0") ^ 0)
) * word_end

-- Strings -----------------------------------------------------------------------------------

--- A string of a kind in any quotes. A prefix and what may stand in it; what may not is not
-- known here.
local function string(kind, prefix, inner, unknown)
  local any = P(false)
  for _, quote in ipairs {'"""', "'''", '"', "'"} do
    local part = inner + (other - (P(quote) + "\\" + unknown))
    local shown = P(quote) / quote:gsub(".", ESCAPES)
    local ending = shown
    if #quote == 3 then
      part = part + newline / (END .. "\n" .. begin(kind))
      ending = shown + -1
    end
    any = any + put(begin(kind)) * prefix * shown * part ^ 0 * ending * put(END)
  end
  return any * word_end
end

local hex2 = hex * hex
local hex4 = hex2 * hex2
local byte_escape = P "\\" * (
  S "\\abfnrtv" + S "'\"" / ESCAPES + R "07" * R "07" ^ -2 + P "x" * hex2
)
local escape = byte_escape
  + P "\\" * (P "u" * hex4 + P "U" * hex4 * hex4 + P "N{" * (in_word + S "- ") ^ 1 * "}")
local wrong_escape = P "\\" * #other

local function escapes(kind, known)
  return within(kind, "ch", known ^ 1) + within(kind, "er", wrong_escape)
end

-- `%s` and `{name!r:>10}`, which pandoc finds in all strings.
local name = in_word ^ 1
local width = R "19" * digit ^ 0 + "*"
local percent = P "%" * (
  P "prog" + "default"
  + (P "(" * name * ")") ^ -1 * S "#0- +" ^ -1 * width ^ -1 * (P "." * width) ^ -1 * S "hlL" ^ -1
    * S "crsdiouxXeEfFgG%"
)
local align = S "<>" / ESCAPES + S "=^"
local format = (P "!" * S "rsa") ^ -1 * (
  P ":" * ((other - P "}") * align + align) ^ -1 * S " +-" ^ -1 * P "z" ^ -1 * P "#" ^ -1
    * P "0" ^ -1 * digit ^ 0 * S "_," ^ -1 * (P "." * digit ^ 1) ^ -1
    * S "bcdeEfFgGnosxX%" ^ -1
) ^ -1 * "}"
local index = P "[" * (other - S " ]") ^ 1 * "]"
local braces = P "{" * (name * (P "." * name + index) ^ 0) ^ -1 * format
local substitution = within("st", "sc", (percent + braces + "{{" + "}}") ^ 1)

-- `{value!r}`, whose value is code.
local opening = P "{" / ("{" .. END) * V "value"
local closing = Cs(format) / (begin "sc" .. "%1")
local interpolation = put(END .. begin "sc")
  * opening * closing * (-P "{{" * opening * closing) ^ 0
  * put(END .. begin "ss")

local strings = string("st", S "uU" ^ -1, escapes("st", escape) + substitution, P(false))
  + string("st", S "bB", escapes("st", byte_escape), R "\128\255")
  + string("ss", S "fF", escapes("ss", escape + "{{" + "}}") + interpolation, S "{}")

-- Comments ----------------------------------------------------------------------------------

-- Words that pandoc marks in comments, and what editors find in them.
local alert = P "###" + "ALERT" + "ATTENTION" + "BEGIN" + "BUG" + "CAUTION" + "DANGER"
  + "DEPRECATED" + "END" + "FIXME" + "HACK" + "NOLINT" + "NOTE" + "NOTICE" + "SECURITY" + "SPDX"
  + "TASK" + "TBD" + "TEST" + "TODO" + "WARNING" + "kate:" + "noqa:" + "{{{" + "}}}"

local comment = token("co", P "#" * (other - alert) ^ 0) * -alert
local documentation = string("co", S "uU" ^ -1, escapes("co", escape), alert)

-- All of it ---------------------------------------------------------------------------------

local decorator = token("at", P "@" * letter * (in_word + ".") ^ 0) * -R "\128\255"
local is_unknown = (P "match" + "case") * -in_word
local operator = token("op", (S "+*/%|=;!^~-" + S "<>&" / ESCAPES + ":=" + P "@" * -in_word) ^ 1)
local punctuation = S ",.:" - (P ":=" + P "." * digit)

local function brackets(left, right, others)
  return P(left) * (V "inner" + S(others)) ^ 0 * (P(right) + -1)
end

lpeg.setmaxstack(4000)
local python = P {
  "text",
  text = Cs(V "line" * (V "code" + S ")]}" + newline * V "line") ^ 0) * -1,
  line = space ^ 0 * (documentation + -S "'\"" * V "start"),
  start = decorator + -is_unknown,
  code = space ^ 1 + punctuation + strings + yield_from + word + number + comment + operator
    + brackets("(", ")", "]}") + brackets("[", "]", ")}") + brackets("{", "}", ")]"),
  inner = V "code" + newline * space ^ 0 * V "start",
  value = V "term" * (token("sc", (punctuation - format) ^ 1) * V "term") ^ 0,
  term = (V "code" - (punctuation + format)) ^ 1,
}

return function(text)
  -- It fails on brackets that nest a thousand deep.
  local ok, html = pcall(python.match, python, text)
  if not (ok and html) then return nil end
  -- Where one token ends and another begins within a string.
  return (html:gsub('<span class="%l%l"></span>', ""))
end
