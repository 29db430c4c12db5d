-- The fragment that GitHub gives to a heading, so that one link works there and in the book.

local USED = {"gfm_auto_identifiers"}

-- pandoc writes emoji as words (`rocket`) where GitHub drops them, and keeps digits such as ½.
local function is_symbol(code)
  return (code >= 0x2190 and code <= 0x2BFF) or (code >= 0x1F000 and code <= 0x1FAFF)
    or (code >= 0xE0020 and code <= 0xE007F) or (code >= 0xBC and code <= 0xBE)
    or code == 0xA9 or code == 0xAE or code == 0xB2 or code == 0xB3 or code == 0xB9
    or code == 0x203C or code == 0x2049 or code == 0x2122
    or code == 0x200D or code == 0xFE0E or code == 0xFE0F
end

local function without_symbols(text)
  local kept = {}
  for _, code in utf8.codes(text) do
    if not is_symbol(code) then kept[#kept + 1] = utf8.char(code) end
  end
  return table.concat(kept)
end

local function plain(inlines)
  return inlines:walk {
    Note = function() return {} end,
    Span = function(span)
      -- `:rocket:` is a word on GitHub too.
      if span.attributes["data-emoji"] then return pandoc.Str(span.attributes["data-emoji"]) end
    end,
    Str = function(str) return pandoc.Str(without_symbols(str.text)) end,
  }
end

--- The fragment of plain ASCII, which needs no pandoc; most headings are that.
local function simple(text, used)
  local slug = text:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")
  local found, count = slug, 0
  while used[found] do
    count = count + 1
    found = slug .. "-" .. count
  end
  return found
end

local M = {}

--- A fragment as it is compared: an emoji leaves invisible characters behind on GitHub.
M.normal = without_symbols

--- The fragment of a heading.
-- @param inlines the heading
-- @param used a table whose keys are the fragments taken so far; the new one is added
function M.heading(inlines, used)
  local text = pandoc.utils.stringify(inlines)
  local slug = text:find("[^ -~]") and
    pandoc.structure.unique_identifier(plain(inlines), used, USED) or simple(text, used)
  used[slug] = true
  return slug
end

return M
