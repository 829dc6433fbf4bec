//! Reads and tries out the `[template]` of a command file.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::field::Field;
use crate::command::field_file::Fields;
use crate::command::section::{Located, Section};
use crate::command::template::{NETWORKS, Speaker, TemplateProblem, Templates, key};
use crate::domain::directorate::NetworkKind;
use crate::domain::name::{DirectorateCode, FieldName};

/// Reads `[template]`: each template must compile, use published fields only, and fill whatever is left out.
pub fn read(root: &Section<'_>, fields: &Fields) -> Templates {
    let mut templates = Templates::new();
    let Some(section) = root.section("template", "[template]") else { return templates };
    let (mut used, mut all_compile) = (BTreeSet::new(), true);
    let default = section.text("default", "\"\"\"{{ faits }}\"\"\"");
    let own = NETWORKS.map(|network| (Some(network), section.optional_text(key(network))));
    for (network, source) in [(None, default)].into_iter().chain(own) {
        let Some(source) = source else { continue };
        match templates.add(network, &source.value) {
            Err(problem) => {
                all_compile = false;
                report(&section, &source, &problem);
            }
            Ok(()) => {
                let names = templates.names(network);
                let known = names.iter().filter(|name| check_name(&section, &source, name, fields)).count();
                if known == names.len() && fields.all_sound {
                    try_out(&section, &source, &templates, network, &fields.sound);
                }
                used.extend(names);
            }
        }
    }
    let unused = |field: &&Field| all_compile && !field.internal && !used.contains(field.name.as_str());
    for field in fields.sound.iter().filter(unused) {
        let advice = format!("écrivez {{{{ {} }}}} dans [template], ou internal = true dans le champ", field.name);
        section.report(section.line, format!("le champ « {} » n'est dans aucun modèle : {advice}", field.name));
    }
    section.end();
    templates
}

fn report(section: &Section<'_>, source: &Located<String>, problem: &TemplateProblem) {
    section.report(source.line + problem.line - 1, problem.message.clone());
}

/// Whether a template may use that name.
fn check_name(section: &Section<'_>, source: &Located<String>, name: &str, fields: &Fields) -> bool {
    let problem = match fields.sound.iter().find(|field| field.name.as_str() == name) {
        Some(field) if field.internal => {
            format!("le champ « {name} » est interne, il ne doit pas être publié : retirez {{{{ {name} }}}} du modèle")
        }
        Some(_) => return true,
        None if matches!(name, "directorate.name" | "directorate.code") => return true,
        // What is wrong with that field was said already.
        None if fields.declared.contains(&FieldName::from(name)) => return true,
        None => {
            let known: Vec<&str> =
                fields.sound.iter().filter(|field| !field.internal).map(|field| field.name.as_str()).collect();
            let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let near = nearest.filter(|known| strsim::damerau_levenshtein(known, name) <= 2);
            let advice = match near {
                Some(known) => format!("vouliez-vous écrire {{{{ {known} }}}} ?"),
                None => format!("les noms possibles : {}, directorate.name, directorate.code", known.join(", ")),
            };
            format!("le modèle parle de « {name} », qui n'est pas un champ : {advice}")
        }
    };
    let is_in =
        |line: &&str| line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).any(|word| word == name);
    let line = source.value.lines().position(|line| is_in(&line)).unwrap_or(0);
    section.report(source.line + line, problem);
    false
}

/// Fills the template with everything, with nothing, and with each field left out, to find what only shows then.
fn try_out(
    section: &Section<'_>,
    source: &Located<String>,
    templates: &Templates,
    network: Option<NetworkKind>,
    fields: &[Field],
) {
    let published: Vec<&Field> = fields.iter().filter(|field| !field.internal).collect();
    let sample = |given: &dyn Fn(&Field) -> bool| -> BTreeMap<&str, String> {
        let value = |field: &Field| if given(field) { "12 exemple".to_owned() } else { String::new() };
        published.iter().map(|field| (field.name.as_str(), value(field))).collect()
    };
    let mut samples = vec![sample(&|_| true), sample(&|_| false)];
    samples.extend(published.iter().map(|left_out| sample(&|field| field.name != left_out.name)));
    let code = DirectorateCode("44".to_owned());
    let speaker = Speaker { name: "DDSP de la Loire-Atlantique", code: &code };
    let fill = |values: &BTreeMap<&str, String>| templates.fill(network.unwrap_or(NetworkKind::File), values, speaker);
    if let Some(problem) = samples.iter().find_map(|values| fill(values).err()) {
        report(section, source, &problem);
    }
}
