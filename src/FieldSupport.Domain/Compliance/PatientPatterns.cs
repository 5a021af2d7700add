using System.Text.RegularExpressions;
using FieldSupport.Domain.Shared;

namespace FieldSupport.Domain.Compliance;

/// <summary>Something in a text that reads like a patient's detail.</summary>
/// <param name="Kind">What it reads like, in words: "a date of birth".</param>
/// <param name="Excerpt">The part at fault, as it was typed.</param>
public sealed record PatientTrace(string Kind, string Excerpt)
{
    /// <summary>What to take out. It goes back to the person who typed it and nowhere else.</summary>
    public string Sentence => Say.It("Take out “{0}”: it reads like {1}. A note here speaks of the delivery only, never of a patient.", Excerpt, Say.It(Kind));
}

/// <summary>
/// The pattern check on free text of the sales zone (domain.md §7.2). Errs towards letting ordinary talk about parcels pass: dates of
/// deliveries, phone numbers, strengths and "patient services" are fine; what names or describes a person is not.
/// </summary>
public static partial class PatientPatterns
{
    private const int Timeout = 250;

    private static readonly HashSet<string> NoNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "Services", "Service", "Access", "Care", "Registration", "Line", "Desk", "Support", "Relations", "Safety", "Portal", "Scheduling", "Intake", "Advocate", "Financial",
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        "Is", "Was", "Has", "Had", "Will", "Needs", "Visit", "Visits", "Refill", "Appointment", "Information", "Data", "Detail", "Details",
        "FedEx", "UPS", "USPS", "ORD", "SHP", "The", "They", "We", "It", "On", "At", "In", "And", "Or", "But", "Not", "No",
    };

    /// <summary>The first trace in the text; null when there is none.</summary>
    public static PatientTrace? Find(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        foreach (var (pattern, kind) in Patterns)
            if (pattern.Match(text) is { Success: true } match) return Trace(kind, match.Value);
        foreach (Match match in NamedPatient().Matches(text))
            if (!NoNames.Contains(match.Groups["name"].Value)) return Trace("a patient's name", match.Value);
        return null;
    }

    private static IEnumerable<(Regex Pattern, string Kind)> Patterns =>
    [
        (BirthWord(), "a date of birth"), (OldDate(), "a date of birth"), (Age(), "a patient's age"),
        (SocialSecurity(), "a social security number"), (RecordNumber(), "a medical record number"),
        (MemberNumber(), "an insurance member number"), (Dose(), "a patient's dose"), (Diagnosis(), "a diagnosis"),
    ];

    private static PatientTrace Trace(string kind, string excerpt) => new(kind, Cut.Shown(excerpt.Trim(), 40));

    [GeneratedRegex(@"\b(?:d\.?o\.?b\b\.?|date\s+of\s+birth|birth\s*date|birthday|born\s+(?:on|in)\b)[\s:=#-]*[\d/.-]{0,12}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex BirthWord();

    /// <summary>A day long past belongs to a person, not to a parcel.</summary>
    [GeneratedRegex(@"\b(?:(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:19\d\d|200\d|201\d)|(?:19\d\d|200\d|201\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex OldDate();

    [GeneratedRegex(@"\b\d{1,3}[\s-]*(?:years?[\s-]*old|y/?o\b|yr[\s-]*old)|\bage[ds]?\s*:?\s*\d{1,3}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Age();

    [GeneratedRegex(@"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])|\b(?:ssn|social\s+security)\b[\s:=#]*[\d-]{0,11}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"\bm\.?r\.?n\b\.?[\s:=#-]*\w{0,12}|\bmedical\s+record\b|\b(?:chart|patient)\s*(?:no\b\.?|number|id|#)[\s:=#]*\w{0,12}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex RecordNumber();

    [GeneratedRegex(@"\b(?:member|subscriber|insurance|medicare|medicaid|policy)\s*(?:id|no\b\.?|number|#)[\s:=#]*\w{0,14}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex MemberNumber();

    [GeneratedRegex(@"\b\d[\d.,]*\s*(?:mcg|µg|ug)\s*(?:/|per|a)\s*(?:day|d\b|24)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Dose();

    [GeneratedRegex(@"\b(?:diagnos(?:is|ed)\b|G80\.\d|G35\b|G82\.\d|cerebral\s+palsy|multiple\s+sclerosis)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Diagnosis();

    [GeneratedRegex(@"\b(?:[Pp]atient|PATIENT|[Pp]t\.?)\s*(?:named|name|called|:|is|-)?\s*:?\s*(?<name>[A-Z][a-z]{1,20})\b", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex NamedPatient();
}
