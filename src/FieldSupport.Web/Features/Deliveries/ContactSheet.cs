using FieldSupport.Web.Composition;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>Whom to call about a delivery beside the practice: the carrier and the 3PL, by the numbers that the installation sets (<c>FieldSupport:Contacts</c>).</summary>
internal static class ContactSheet
{
    public static IReadOnlyList<(string Whom, string? Phone)> Of(Settings settings, string? carrier)
    {
        var sheet = new List<(string, string?)>();
        if (carrier is not null) sheet.Add((carrier, NumberOf(settings, carrier)));
        sheet.Add(("3PL", NumberOf(settings, "partner")));
        return sheet;
    }

    private static string? NumberOf(Settings settings, string whom) => settings.Contacts.GetValueOrDefault(whom) is { Length: > 0 } number ? number : null;
}
