using FieldSupport.Domain.Compliance;
using FieldSupport.Domain.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace FieldSupport.Web.Features.Compliance;

/// <summary>
/// "Did you hear of a health problem of a patient, or a problem with the product?" as a chase and a receipt ask it: they cannot be closed
/// without an answer (domain.md §7.3).
/// </summary>
public static class SafetyQuestion
{
    public const string Yes = "yes", No = "no";

    /// <summary>What somebody may report it to be about, in the words of the form.</summary>
    public static IReadOnlyList<SelectListItem> Abouts =>
    [
        new(Say.It("A person was affected"), WireName.Of(SafetyKind.AdverseEvent)), new(Say.It("The product or its packaging"), WireName.Of(SafetyKind.ProductComplaint)),
        new(Say.It("Both"), WireName.Of(SafetyKind.Both)), new(Say.It("I am not sure"), WireName.Of(SafetyKind.Unsure)),
    ];

    public static string Words(SafetyKind kind) => Abouts.Single(a => a.Value == WireName.Of(kind)).Text;

    /// <summary>The answer as it was sent; a program that was not asked sends none.</summary>
    public sealed class Form
    {
        /// <summary>yes or no; there is no default.</summary>
        public string? Heard { get; set; }
        public string? What { get; set; }
        public string? About { get; set; }
        /// <summary>Why a word of the note that may mean harm means none.</summary>
        public string? WhyNot { get; set; }
        /// <summary>One for each form drawn, so that what is sent twice is one report.</summary>
        public string? Key { get; set; }

        public bool IsYes => Heard == Yes;
    }

    /// <summary>What the view draws: the answer so far, and the word that we stumble over.</summary>
    public sealed record Asked(Form? Form, string? Word, string Key);

    /// <param name="texts">What was typed beside it.</param>
    public static Asked Ask(Form? form, params ReadOnlySpan<string?> texts) =>
        new(form, form is null ? null : WordIn(texts), IsKey(form?.Key) ? form!.Key! : Guid.NewGuid().ToString("N"));

    public static string? WordIn(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
            if (SafetyWords.Find(text) is { } word) return word;
        return null;
    }

    internal static bool IsKey(string? key) => key is { Length: > 0 and <= 64 } && key.All(char.IsAsciiLetterOrDigit);

    /// <summary>What is wrong with an answer, by the name of its field.</summary>
    /// <param name="prefix">Of the field names, with its dot.</param>
    public static void Check<T>(ValidationContext<T> context, Form? answer, string prefix, params ReadOnlySpan<string?> texts)
    {
        if (answer is null) return;
        if (answer.Heard is not (Yes or No))
        {
            context.AddFailure(prefix + nameof(Form.Heard), Say.It("Answer yes or no: did you hear of a health problem of a patient, or a problem with the product?"));
            return;
        }
        if (answer.IsYes)
        {
            CheckReport(context, answer.What, answer.About, prefix);
            return;
        }
        if (!string.IsNullOrWhiteSpace(answer.What))
        {
            context.AddFailure(prefix + nameof(Form.Heard), Say.It("You wrote what happened: answer yes, or take it out."));
            return;
        }
        if (WordIn(texts) is not { } word) return;
        if (string.IsNullOrWhiteSpace(answer.WhyNot))
            context.AddFailure(prefix + nameof(Form.WhyNot), Say.It("“{0}” may mean that a patient or the product came to harm. Answer yes and say what happened, or say here why it means nothing of the kind.", word));
        else if (answer.WhyNot.Trim().Length > 300 || answer.WhyNot.Any(char.IsControl))
            context.AddFailure(prefix + nameof(Form.WhyNot), Say.It("One line of at most 300 characters."));
        else if (PatientPatterns.Find(answer.WhyNot) is { } trace)
            context.AddFailure(prefix + nameof(Form.WhyNot), trace.Sentence);
    }

    /// <summary>Only what happened is needed; nothing that is missing holds a report up.</summary>
    public static void CheckReport<T>(ValidationContext<T> context, string? what, string? about, string prefix)
    {
        if (string.IsNullOrWhiteSpace(what)) context.AddFailure(prefix + nameof(Form.What), Say.It("Say what happened, in your own words. A few words are enough."));
        else if (what.Length > SafetyIntake.Longest) context.AddFailure(prefix + nameof(Form.What), Say.It("Keep it under {0} characters; safety asks for the rest.", SafetyIntake.Longest));
        else if (what.Contains('\0', StringComparison.Ordinal)) context.AddFailure(prefix + nameof(Form.What), Say.It("It holds a NUL character, which cannot be kept."));
        if (!string.IsNullOrEmpty(about) && WireName.Parse<SafetyKind>(about) is null) context.AddFailure(prefix + nameof(Form.About), Say.It("Choose one of the answers, or “I am not sure”."));
    }
}
