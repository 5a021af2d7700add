using System.Globalization;

namespace FieldSupport.Domain.Shipments;

/// <summary>
/// Time zone of a US place, for carrier times that carry none (domain.md §2.6): by the ZIP's first digits, else by the state where the
/// whole state keeps one time; else null, and the caller falls back to the ship-to's zone. Our own table: prefixes of the postal
/// sectional centres laid over the zone lines of 49 CFR 71, with the towns that sit across a line inside their prefix.
/// </summary>
public static class PlaceZone
{
    private const string Eastern = "America/New_York", Central = "America/Chicago", Mountain = "America/Denver", Pacific = "America/Los_Angeles",
        Arizona = "America/Phoenix", Alaska = "America/Anchorage", Hawaii = "Pacific/Honolulu", Atlantic = "America/Puerto_Rico";

    // First and last 3-digit prefix. Military prefixes (090–098, 340, 962–966) have no place and are left out.
    private static readonly (int From, int To, string Zone)[] Ranges =
    [
        (5, 5, Eastern), (6, 9, Atlantic), (10, 89, Eastern), (100, 323, Eastern), (324, 325, Central), (326, 339, Eastern), (341, 349, Eastern),
        (350, 372, Central), (373, 374, Eastern), (375, 375, Central), (376, 379, Eastern), (380, 397, Central), (398, 418, Eastern),
        (420, 424, Central), (425, 427, Eastern), (430, 462, Eastern), (463, 464, Central), (465, 475, Eastern), (476, 477, Central),
        (478, 499, Eastern), (500, 567, Central), (569, 569, Eastern), (570, 576, Central), (577, 577, Mountain), (580, 585, Central),
        (586, 586, Mountain), (587, 588, Central), (590, 599, Mountain), (600, 692, Central), (693, 693, Mountain), (700, 797, Central),
        (798, 834, Mountain), (835, 835, Pacific), (836, 837, Mountain), (838, 838, Pacific), (840, 847, Mountain), (850, 864, Arizona),
        (865, 865, Mountain) /* Navajo Nation keeps daylight time */, (870, 885, Mountain), (889, 961, Pacific), (967, 968, Hawaii),
        (969, 969, "Pacific/Guam"), (970, 978, Pacific), (979, 979, Mountain), (980, 994, Pacific), (995, 999, Alaska),
    ];

    private static readonly Dictionary<string, string> Towns = Spread(
        (Central, "37301 37305 37306 37313 37318 37324 37328 37330 37334 37335 37339 37340 37342 37345 37347 37348 37349 37352 37355 37356 37357 37359 37360 37365 37366 37374 37375 37376 37380 37382 37383 37387 37388 37389 37394 37396 37397 37398 37723"),
        (Eastern, "32456 32457"),
        (Central, "42712 42713 42715 42721 42722 42726 42728 42729 42741 42742 42743 42746 42749 42753 42754 42757 42759 42762 42764 42765 42782 42602 42603 42629 42642"),
        (Central, "47514 47515 47520 47523 47525 47531 47536 47537 47550 47551 47552 47556 47574 47576 47577 47579 47586 47588 46532 46534 46366 46374 47922 47943 47948 47951 47963 47977 47978"),
        (Central, "49801 49802 49807 49812 49815 49821 49831 49834 49845 49847 49848 49852 49858 49863 49870 49873 49874 49876 49877 49881 49886 49887 49892 49893 49896 49902 49903 49911 49915 49920 49927 49935 49938 49947 49959 49964 49968 49969"),
        (Mountain, "57521 57543 57547 57551 57552 57553 57567 57574 57577 57620 57622 57623 57625 57633 57634 57636 57638 57639 57640 57641 57642 57644 57645 57649 57650 57651 57652 57653 57656 57657 57658 57659 57660 57661"),
        (Mountain, "67733 67735 67741 67758 67761 67762 67836 67857 67878 67879"),
        (Mountain, "69021 69023 69027 69030 69033 69037 69041 69045 69121 69122 69125 69127 69128 69129 69131 69133 69134 69140 69141 69144 69145 69146 69147 69148 69149 69150 69152 69153 69154 69155 69156 69160 69161 69162 69168 69211 69216"),
        (Central, "79830 79831 79832 79834 79842 79843 79845 79846 79848 79852 79854 79855"),
        (Mountain, "83549"), (Arizona, "86502"), (Mountain, "86033 86034 86035 86044 86045 86053 86054 89883"),
        (Pacific, "97904"), ("Pacific/Pago_Pago", "96799"), ("America/Adak", "99546 99547"));

    private static readonly Dictionary<string, string> States = Spread(
        (Eastern, "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"),
        (Central, "AL AR IA IL LA MN MO MS OK WI"), (Mountain, "CO MT NM UT WY"), (Pacific, "CA NV WA"), (Hawaii, "HI"),
        (Atlantic, "PR VI"), ("Pacific/Guam", "GU"), ("Pacific/Pago_Pago", "AS"));

    /// <summary>The zone, or null where neither says it. A ZIP counts with 5 or 9 digits (hyphen allowed); a state as its two letters.</summary>
    public static TimeZoneInfo? Of(string? zip, string? state)
    {
        var id = ByZip(zip);
        if (id is null && !string.IsNullOrWhiteSpace(state)) States.TryGetValue(state.Trim().ToUpperInvariant(), out id);
        return id is null ? null : TimeZoneInfo.FindSystemTimeZoneById(id);
    }

    private static string? ByZip(string? zip)
    {
        var digits = (zip ?? "").Trim().Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is not (5 or 9) || digits.Any(c => !char.IsAsciiDigit(c))) return null;
        if (Towns.TryGetValue(digits[..5], out var town)) return town;
        var prefix = int.Parse(digits.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        foreach (var (from, to, zone) in Ranges)
            if (prefix >= from && prefix <= to) return zone;
        return null;
    }

    private static Dictionary<string, string> Spread(params (string Zone, string Words)[] rows) => rows
        .SelectMany(r => r.Words.Split(' '), (r, word) => (word, r.Zone)).ToDictionary(p => p.word, p => p.Zone, StringComparer.Ordinal);
}
