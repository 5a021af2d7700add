using System.Globalization;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Shipments;

/// <summary>What the code on a carton says (domain.md §2.4). Null: it says nothing of it.</summary>
/// <param name="Gtin">14 digits, check digit right.</param>
/// <param name="LotMayRunOn">The separator after the lot was lost, so what follows may have been read into it: compare it with the print.</param>
public sealed record Gs1Reading(string? Gtin, DateOnly? ExpiryOn, string? Lot, string? Serial, bool LotMayRunOn);

/// <summary>
/// Reads the element string of a DataMatrix as a handheld scanner types it: application identifiers 01, 17, 10, 21 and the others of fixed
/// length, which are skipped. FNC1 may come as ASCII 29, as <c>&lt;GS&gt;</c>, or not at all where no field of free length is followed by another.
/// Refuses: gs1.empty, gs1.unknown, gs1.short, gs1.check-digit, gs1.expiry, gs1.long.
/// </summary>
public static class Gs1
{
    private const char Separator = '\u001d';
    private const int LongestField = 20;

    /// <summary>Digits after the identifier, of those with a fixed length.</summary>
    private static readonly Dictionary<string, int> Fixed = new(StringComparer.Ordinal)
    {
        ["00"] = 18, ["01"] = 14, ["02"] = 14, ["11"] = 6, ["12"] = 6, ["13"] = 6, ["15"] = 6, ["16"] = 6, ["17"] = 6, ["20"] = 2,
    };

    /// <summary>The fields of the code.</summary>
    public static Outcome<Gs1Reading> Parse(string? scanned)
    {
        var text = Plain(scanned);
        if (text.Length == 0) return new Refusal("gs1.empty", Say.It("Scan the code on the carton, or type what stands below it."));
        string? gtin = null, lot = null, serial = null;
        DateOnly? expiry = null;
        var runsOn = false;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == Separator) { at++; continue; }
            if (text.Length - at < 2) return Cut();
            var (ai, start) = (text.Substring(at, 2), at + 2);
            if (Fixed.TryGetValue(ai, out var length))
            {
                if (text.Length - start < length) return Cut();
                var digits = text.Substring(start, length);
                if (!digits.All(char.IsAsciiDigit)) return Cut();
                if (ai == "01" && !HasCheckDigit(digits)) return new Refusal("gs1.check-digit", Say.It("The product number {0} does not add up; a digit was misread. Scan it again.", digits));
                if (ai == "01") gtin = digits;
                if (ai == "17")
                {
                    if (DayOf(digits) is not { } day) return new Refusal("gs1.expiry", Say.It("The code's expiry, {0}, is no date. Enter it as printed.", digits));
                    expiry = day;
                }
                at = start + length;
                continue;
            }
            if (ai is not ("10" or "21")) return new Refusal("gs1.unknown", Say.It("This is not a code of a carton: it should begin with 01 and the product number. Enter lot and expiry as printed."));
            var end = text.IndexOf(Separator, start);
            var value = end < 0 ? text[start..] : text[start..end];
            if (value.Length == 0) return Cut();
            if (value.Length > LongestField) return new Refusal("gs1.long", Say.It(ai == "10" ? "The code's lot is longer than {0} characters: the scanner lost a separator. Enter lot and expiry as printed." : "The code's serial number is longer than {0} characters: the scanner lost a separator. Enter lot and expiry as printed.", LongestField));
            if (ai == "10") (lot, runsOn) = (value, end < 0 && value.IndexOf("21", 1, StringComparison.Ordinal) > 0);
            else serial = value;
            at = end < 0 ? text.Length : end + 1;
        }
        return new Gs1Reading(gtin, expiry, lot, serial, runsOn);
    }

    /// <summary>Whether a GTIN-14 of a US drug (indicator, 03, ten digits, check digit) is this item; the NDC as printed, 5-4-2, has one zero more.</summary>
    public static bool IsOf(string gtin, string ndc)
    {
        if (gtin.Length != 14 || gtin[1..3] != "03") return false;
        var ten = gtin[3..13];
        var parts = ndc.Split('-');
        if (parts.Length != 3) return false;
        if (string.Concat(parts) is { Length: 10 } already) return already == ten;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is not ['0', .. var rest]) continue;
            if (string.Concat(parts.Select((p, at) => at == i ? rest : p)) == ten) return true;
        }
        return false;
    }

    /// <summary>Separators made one, the symbol's own mark and the parentheses of printed text taken off.</summary>
    private static string Plain(string? scanned)
    {
        var text = (scanned ?? "").Trim(' ', '\t', '\r', '\n').Replace("<GS>", "\u001d", StringComparison.OrdinalIgnoreCase).Replace('\u241d', Separator);
        if (text is [']', _, _, .. var symbol]) text = symbol;
        if (text.StartsWith('(') && text.Length > 3 && text[3] == ')')
            text = text.Replace(" ", "", StringComparison.Ordinal).Replace("(", "\u001d", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
        return text.Trim(Separator);
    }

    private static Refusal Cut() => new("gs1.short", Say.It("The code ends too early or holds a letter where a digit belongs. Scan it again, or enter lot and expiry as printed."));

    private static bool HasCheckDigit(string gtin)
    {
        var sum = 0;
        for (var i = 0; i < gtin.Length - 1; i++) sum += (gtin[i] - '0') * (i % 2 == 0 ? 3 : 1);
        return (10 - sum % 10) % 10 == gtin[^1] - '0';
    }

    /// <summary>YYMMDD; day 00 is the last of the month. A drug's expiry lies in this century.</summary>
    private static DateOnly? DayOf(string yymmdd)
    {
        var (year, month, day) = (2000 + Number(yymmdd[..2]), Number(yymmdd[2..4]), Number(yymmdd[4..]));
        if (month is < 1 or > 12 || day > DateTime.DaysInMonth(year, month)) return null;
        return new DateOnly(year, month, day == 0 ? DateTime.DaysInMonth(year, month) : day);
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
