-- The whole book as Markdown that GitHub renders: its headings, its fragments, its callouts.

local slug = dofile(pandoc.path.join {pandoc.path.directory(PANDOC_SCRIPT_FILE), "slug.lua"})
local ALERTS = {note = true, tip = true, important = true, warning = true, caution = true}

--- GitHub makes the fragments of headings itself; everything else that has an id keeps it.
local function anchor(id)
  return pandoc.RawInline("html", ('<a id="%s"></a>'):format(id:gsub("[&<>\"]", "")))
end

local function encode(path)
  return (path:gsub("[%c %%?#()\"'<>\\]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Remove the spans of a heading, and return the ids that they have.
local function take_ids(header)
  local ids = pandoc.List {}
  header.content = header.content:walk {
    Span = function(span)
      if span.identifier ~= "" then ids:insert(span.identifier) end
      return span.content
    end,
  }
  return ids
end

--- Move headings one level down, below the book's title, and collect their fragments.
local function finish_headings(doc)
  local used, fragments, contents = {}, {}, pandoc.List {}
  local blocks = doc.blocks:walk {
    Header = function(header)
      local level = header.level
      if not header.classes:includes("title") then header.level = math.min(level + 1, 6) end
      local ids = take_ids(header)
      local fragment = slug.heading(header.content, used)
      fragments[header.identifier] = fragment
      local is_listed = level == 1 and not header.classes:includes("unlisted")
        or level == 2 and not header.classes:includes("unnumbered")
      if is_listed then
        contents:insert {level = level, fragment = fragment, text = header.content}
      end
      header.attr = pandoc.Attr()
      if #ids == 0 then return header end
      return {pandoc.Para(ids:map(anchor)), header}
    end,
  }
  return blocks, fragments, contents
end

local function contents_list(contents)
  local chapters = pandoc.List {}
  for _, entry in ipairs(contents) do
    local text = entry.text:walk {Link = function(link) return link.content end,
                                  Note = function() return {} end}
    local item = pandoc.Plain {pandoc.Link(text, "#" .. entry.fragment)}
    if entry.level == 1 or #chapters == 0 then
      chapters:insert(pandoc.Blocks {item})
    else
      local chapter = chapters[#chapters]
      if #chapter == 1 then chapter:insert(pandoc.BulletList {}) end
      chapter[2].content:insert({item})
    end
  end
  return pandoc.BulletList(chapters)
end

local function language_again(code)
  local language = code.attributes["data-language"]
  code.attr = pandoc.Attr("", language and {language} or {})
end

--- Write a callout as GitHub has it; pandoc's writer does so only where it begins with words.
local function alert(class, div)
  local sign = pandoc.RawInline("html", ("[!%s]"):format(class:upper()))
  local blocks = pandoc.Blocks(div.content)
  blocks:remove(1) -- its title, which GitHub writes itself
  local first = blocks[1]
  if first and (first.t == "Para" or first.t == "Plain") then
    blocks[1] = pandoc.Para({sign, pandoc.RawInline("html", "\n")} .. first.content)
  else
    blocks:insert(1, pandoc.Para {sign})
  end
  return pandoc.BlockQuote(blocks)
end

--- Put the id of a block before it.
local function with_anchor(block)
  local id = block.identifier
  if id == "" then return block end
  block.identifier = ""
  return {pandoc.Para {anchor(id)}, block}
end

function Pandoc(doc)
  local images = doc.meta.images or {}
  local blocks, fragments, contents = finish_headings(doc)
  blocks = blocks:walk {
    Code = function(code)
      code.attr = pandoc.Attr()
      return code
    end,
    CodeBlock = function(code)
      local id = code.identifier
      language_again(code)
      code.identifier = id
      return with_anchor(code)
    end,
    Div = function(div)
      if div.identifier == "contents" then return contents_list(contents) end
      for _, class in ipairs(div.classes) do
        if ALERTS[class] then return alert(class, div) end
      end
      if div.classes:includes("title") then return nil end
      local before = div.identifier ~= "" and {pandoc.Para {anchor(div.identifier)}} or {}
      return pandoc.Blocks(before) .. div.content
    end,
    Figure = with_anchor,
    Image = function(image)
      local place = images[image.src]
      if place then image.src = encode(pandoc.utils.stringify(place)) end
      image.classes = {}
      return image
    end,
    Link = function(link)
      local fragment = fragments[link.target:match("^#(.+)$")]
      if fragment then link.target = "#" .. fragment end
      link.attr = pandoc.Attr()
      return link
    end,
    Span = function(span)
      local before = span.identifier ~= "" and {anchor(span.identifier)} or {}
      return pandoc.Inlines(before) .. span.content
    end,
    Table = with_anchor,
  }
  return pandoc.Pandoc(blocks, {})
end
